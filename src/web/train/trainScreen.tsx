import { PLAIN_GROUPS, type PlainField } from '../../training/fields/plainFields.ts';
import { check, faultFor, foundFault } from '../data/check.ts';
import { testFile, trainFile } from '../data/files.ts';
import { fieldsOf, firstName, SHOWN_FIELDS } from '../form/fields.ts';
import { CurlBox } from '../parts/curlBox.tsx';
import { FaultBox } from '../parts/fault.tsx';
import { Field } from '../parts/field.tsx';
import { form, linkTo, values } from '../state/store.ts';
import { isTraining, sendFault, startTraining } from './job.ts';
import { JobPanel } from './jobPanel.tsx';

/** The fields that people use, by what they are about. All others are folded away. */
const MAIN: Readonly<Record<string, readonly string[]>> = {
  Model: ['tol', 'iterations', 'class_weight', 'threshold'],
  'Sweep and gate': ['cv', 'select', 'gate'],
  'Names in MLflow': ['exp_name', 'run_name', 'registered_model'],
};
const IS_MAIN = new Set(Object.values(MAIN).flat());
/** Fields of the screen Data. */
const OF_DATA = new Set([
  'target',
  'positive',
  'ignore',
  'missing',
  'split',
  'test_size',
  'random_state',
  'stratify',
]);
const MORE = SHOWN_FIELDS.filter(({ name }) => !IS_MAIN.has(name) && !OF_DATA.has(name));
/** Values of C that lie far apart. */
const SWEEP = '0.01,0.1,1,10,100';

/** Asks how to train, trains, and says how far the training is. */
export function TrainScreen() {
  return (
    <div class="sections">
      <JobPanel />
      <form
        class="sections"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void startTraining();
        }}
      >
        {Object.entries(MAIN).map(([title, names]) => (
          <fieldset key={title}>
            <legend>{title}</legend>
            <div class="columns">
              {names.map((name) => (
                <Field key={name} name={name} fault={faultFor(name, sendFault.value)} />
              ))}
            </div>
            {title === 'Model' && <SweepButton />}
          </fieldset>
        ))}
        <MoreFields />
        <Start />
      </form>
      <CurlBox id="curl-train" path="train" files={fileNames()} fields={fieldsOf(values().form)} />
    </div>
  );
}

function fileNames(): Readonly<Record<string, string>> {
  const test = testFile.value;
  return { train_file: trainFile.value?.name ?? 'data.csv', ...(test && { test_file: test.name }) };
}

function SweepButton() {
  const texts = form('tol');
  const isSweep = texts.value.join(',').includes(',');
  return (
    <p class="row after">
      <button
        type="button"
        class="quiet"
        onClick={() => {
          texts.value = isSweep ? [] : [SWEEP];
        }}
      >
        {isSweep ? 'Use one value of C' : 'Try several values of C'}
      </button>
      <span class="soft">{fitsSay()}</span>
    </p>
  );
}

/** How many models the service would fit: it has counted them. */
function fitsSay(): string {
  const { answer, isStale } = check.value;
  const fits = answer?.fits;
  if (fits === undefined || isStale || fits.total === 1) return '';
  const folds = fits.cv === null ? '' : ` in ${fits.cv} folds`;
  return `${fits.total} fits: ${fits.candidates} ${fits.candidates === 1 ? 'candidate' : 'candidates'}${folds}.`;
}

/** The other fields, open if one of them is given or wrong. */
function MoreFields() {
  const isOpen = MORE.some(({ name }) => form(name).value.length > 0 || faultFor(name, sendFault.value));
  return (
    <details class="more" open={isOpen}>
      <summary>All other fields</summary>
      <div class="stack">
        {Object.entries(byGroup(MORE)).map(([group, fields]) => (
          <fieldset key={group}>
            <legend>{PLAIN_GROUPS[group as PlainField['group']]}</legend>
            <div class="columns">
              {fields.map(({ name }) => (
                <Field key={name} name={name} fault={faultFor(name, sendFault.value)} />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  );
}

function byGroup(fields: readonly PlainField[]): Record<string, PlainField[]> {
  const groups: Record<string, PlainField[]> = {};
  for (const field of fields) {
    groups[field.group] ??= [];
    groups[field.group]?.push(field);
  }
  return groups;
}

function Start() {
  const file = trainFile.value;
  const { isRunning } = check.value;
  const shown = new Set([...MORE.map(({ name }) => name), ...IS_MAIN]);
  // A fault of a field on this screen stands beside its field.
  const faults = [sendFault.value, foundFault.value].filter((fault) => fault !== undefined);
  const [fault] = faults.filter(({ field }) => !shown.has(firstName(field) ?? ''));
  return (
    <div class="stack">
      {fault && <FaultBox fault={fault} />}
      <div class="row">
        <button type="submit" class="primary" disabled={file === undefined || isTraining.value}>
          Train
        </button>
        {file === undefined ? (
          <span>
            <a href={linkTo('data')}>Choose a file</a> first.
          </span>
        ) : (
          <span class="soft">
            <bdi>{file.name}</bdi>
            {isRunning && ', which is being checked'}
          </span>
        )}
      </div>
    </div>
  );
}
