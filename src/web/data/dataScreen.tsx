import type { DryRunAnswer } from '../../client.ts';
import { shownNumber } from '../../reports/plots/text.ts';
import { firstName } from '../form/fields.ts';
import { FaultBox } from '../parts/fault.tsx';
import { Field, type Option } from '../parts/field.tsx';
import { ProgressBar } from '../parts/progressBar.tsx';
import { linkTo } from '../state/store.ts';
import { check, faultFor, foundFault, look } from './check.ts';
import { ClassTable } from './classTable.tsx';
import { ColumnTable } from './columnTable.tsx';
import { DropZone, sizeOf } from './dropZone.tsx';
import { trainFile } from './files.ts';
import { SplitFields } from './splitFields.tsx';

/** Fields of this screen: their faults stand beside them. */
const OWN = ['target', 'positive', 'missing', 'split', 'test_size', 'random_state', 'stratify'];

/** Chooses a file, shows what is in it, and asks what is to be predicted from what. */
export function DataScreen() {
  const { answer } = check.value;
  return (
    <div class="sections">
      <div class="stack">
        <DropZone />
        <State />
      </div>
      {answer && <Found answer={answer} />}
    </div>
  );
}

/** What the check does, and what is wrong with the file as a whole. */
function State() {
  const { isRunning, isStale, answer } = check.value;
  const file = trainFile.value;
  const fault = foundFault.value;
  const isBeside = answer !== undefined && OWN.includes(firstName(fault?.field) ?? '');
  return (
    <>
      {isRunning && answer === undefined && file && (
        <ProgressBar label="The check of the file" says={`Checking ${sizeOf(file.size)} …`} />
      )}
      {fault && !isBeside && <FaultBox fault={fault} again={() => void look()} />}
      {isStale && !isRunning && answer && (
        <p class="notice row">
          The file is large, so that it was not checked again after the last change.
          <button type="button" class="quiet" onClick={() => void look()}>
            Check the whole file
          </button>
        </p>
      )}
    </>
  );
}

function Found({ answer }: { readonly answer: DryRunAnswer }) {
  const { data, classes, columns, warnings } = answer;
  return (
    <>
      <div class="stack">
        <Facts answer={answer} />
        {warnings.length > 0 && (
          <ul class="warnings">
            {warnings.map(({ code, message, column }) => (
              <li key={`${code} ${column} ${message}`}>{message}</li>
            ))}
          </ul>
        )}
        <p>
          <a class="button primary" href={linkTo('train')}>
            Go on to the training
          </a>
        </p>
      </div>
      <section class="stack" aria-labelledby="task">
        <h2 id="task">What to predict</h2>
        <div class="columns">
          <Field name="target" fault={faultFor('target')} options={targets(answer)} />
          <Field name="positive" fault={faultFor('positive')} options={labels(answer)} />
          <Field name="missing" fault={faultFor('missing')} />
        </div>
      </section>
      <div class="halves">
        {classes.length > 0 && <ClassTable classes={classes} target={data.target ?? ''} />}
        <SplitFields columns={columns} />
      </div>
      <ColumnTable columns={columns} />
    </>
  );
}

function Facts({ answer: { data, split } }: { readonly answer: DryRunAnswer }) {
  const facts: readonly (readonly [string, number | undefined])[] = [
    ['Rows', data.rows],
    ['Columns', data.columns],
    ['Training rows', split?.train_rows],
    ['Test rows', split?.test_rows],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shownNumber(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function targets({ data, columns }: DryRunAnswer): readonly Option[] {
  const initial = columns.some(({ name }) => name === 'Outcome') ? 'Outcome' : (columns.at(-1)?.name ?? '');
  return [
    { value: '', says: `default: ${initial || data.target}` },
    ...columns.map(({ name }) => ({ value: name, says: name })),
  ];
}

function labels({ classes }: DryRunAnswer): readonly Option[] {
  return [
    { value: '', says: 'default: the larger label' },
    ...classes.map(({ label }) => ({ value: String(label), says: String(label) })),
  ];
}
