import type { DryRunAnswer } from '../../client.ts';
import { rowOf } from '../form/fields.ts';
import { FieldFault } from '../parts/fault.tsx';
import { Field, Hint } from '../parts/field.tsx';
import { form } from '../state/store.ts';
import { faultFor } from './check.ts';
import { FileButton } from './dropZone.tsx';
import { testFile } from './files.ts';

const CHOICES = {
  random: 'At random',
  last: 'The last rows of the file',
  column: 'As a column says',
  file: 'From another file',
} as const;
type By = keyof typeof CHOICES;

/** How the test rows are chosen: by one of four ways, each with fields of its own. */
export function SplitFields({ columns }: { readonly columns: DryRunAnswer['columns'] }) {
  const by = splitBy();
  const fault = faultFor('split');
  return (
    <fieldset class="stack" aria-describedby={fault && 'field-split-fault'}>
      <legend>Test rows</legend>
      <div class="choices">
        {(Object.keys(CHOICES) as By[]).map((one) => (
          <label key={one} class="tick">
            <input type="radio" name="split" checked={by === one} onChange={() => choose(one, columns)} />
            <span>{CHOICES[one]}</span>
          </label>
        ))}
      </div>
      {fault && <FieldFault id="field-split-fault" fault={fault} />}
      {by === 'column' && <ColumnChoice columns={columns} />}
      {by === 'file' && <TestFileChoice />}
      {(by === 'random' || by === 'last') && <Field name="test_size" fault={faultFor('test_size')} />}
      {by === 'random' && <Field name="random_state" fault={faultFor('random_state')} />}
      {by === 'random' && <Field name="stratify" fault={faultFor('stratify')} />}
      <Hint row={rowOf('split')} />
    </fieldset>
  );
}

function splitBy(): By {
  const [text = ''] = form('split').value;
  if (testFile.value !== undefined) return 'file';
  if (text.startsWith('column:')) return 'column';
  return text === 'last' || text === 'file' ? text : 'random';
}

function choose(by: By, columns: DryRunAnswer['columns']): void {
  if (by !== 'file') testFile.value = undefined;
  const likely = columns.find(({ name }) => /^(split|set|fold|part)$/i.test(name)) ?? columns[0];
  form('split').value = by === 'random' ? [] : [by === 'column' ? `column:${likely?.name ?? ''}` : by];
}

function ColumnChoice({ columns }: { readonly columns: DryRunAnswer['columns'] }) {
  const split = form('split');
  return (
    <label class="field">
      <span class="label">Column with train or test in each row</span>
      <select
        value={split.value[0]}
        onChange={({ currentTarget: { value } }) => {
          split.value = [value];
        }}
      >
        {columns.map(({ name }) => (
          <option key={name} value={`column:${name}`}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function TestFileChoice() {
  const file = testFile.value;
  return (
    <div class="row">
      <FileButton
        says={file === undefined ? 'Choose the file with the test rows' : 'Choose another'}
        onFile={(chosen) => {
          testFile.value = chosen;
        }}
      />
      {file && <bdi>{file.name}</bdi>}
    </div>
  );
}
