import type { ComponentChildren } from 'preact';
import type { PlainField } from '../../training/fields/plainFields.ts';
import { rowOf } from '../form/fields.ts';
import { titleOf } from '../form/titles.ts';
import type { Fault } from '../service.ts';
import { form } from '../state/store.ts';
import { FieldFault } from './fault.tsx';
import { firstSentence, plainText, richText } from './richText.tsx';

interface FieldProps {
  readonly name: string;
  /** What is wrong with the field, in the service's words. */
  readonly fault?: Fault | undefined;
  /** Texts to choose from, such as names of columns. The field still takes any text. */
  readonly suggestions?: readonly string[];
}

/** One field of the form: its label, its input, what is wrong, and what it means. All but the input come from the table. */
export function Field({ name, fault, suggestions }: FieldProps) {
  const row = rowOf(name);
  const id = `field-${name}`;
  const hint = <Hint row={row} />;
  const described = `${id}-hint${fault ? ` ${id}-fault` : ''}`;
  const shared = { id, 'aria-describedby': described, 'aria-invalid': fault !== undefined };
  if (row.shape === 'flag')
    return (
      <div class="field">
        <Tick row={row} {...shared} />
        {fault && <FieldFault id={`${id}-fault`} fault={fault} />}
        {hint}
      </div>
    );
  return (
    <div class="field">
      <LabelOf row={row} />
      <Input row={row} suggestions={suggestions ?? row.words} {...shared} />
      {fault && <FieldFault id={`${id}-fault`} fault={fault} />}
      {hint}
    </div>
  );
}

/** The title of a field, its name in the form, and a way back to its default. */
export function LabelOf({
  row,
  children,
}: {
  readonly row: PlainField;
  readonly children?: ComponentChildren;
}) {
  const isGiven = form(row.name).value.length > 0;
  return (
    <div class="label-row">
      <label class="label" for={`field-${row.name}`}>
        {titleOf(row.name)} {children}
        <code>{row.name}</code>
      </label>
      {isGiven && (
        <button
          type="button"
          class="reset"
          aria-label={`Reset ${titleOf(row.name)}`}
          onClick={() => {
            form(row.name).value = [];
          }}
        >
          reset
        </button>
      )}
    </div>
  );
}

/** The first sentence of the table; the rest on demand. */
export function Hint({ row }: { readonly row: PlainField }) {
  const [first, rest] = firstSentence(row.says);
  const id = `field-${row.name}-hint`;
  if (rest === '')
    return (
      <p class="hint" id={id}>
        {richText(first)}
      </p>
    );
  return (
    <details class="hint">
      <summary id={id}>{richText(first)}</summary>
      {richText(rest)}
    </details>
  );
}

interface InputProps {
  readonly row: PlainField;
  readonly id: string;
  readonly suggestions: readonly string[];
}

function Input({ row, suggestions, ...shared }: InputProps) {
  const { name, shape, words } = row;
  const texts = form(name);
  if (shape === 'word')
    return (
      <select
        {...shared}
        value={texts.value[0] ?? ''}
        onChange={({ currentTarget: { value } }) => {
          texts.value = value === '' ? [] : [value];
        }}
      >
        <option value="">{`default: ${plainText(row.default)}`}</option>
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    );
  if (shape === 'texts')
    return (
      <textarea
        {...shared}
        rows={Math.max(1, texts.value.length)}
        placeholder={plainText(row.default)}
        value={texts.value.join('\n')}
        onInput={({ currentTarget: { value } }) => {
          texts.value = value.split('\n').filter((line) => line !== '');
        }}
      />
    );
  return (
    <>
      <input
        {...shared}
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder={plainText(row.default)}
        value={texts.value[0] ?? ''}
        {...(suggestions.length > 0 && { list: `${shared.id}-list` })}
        onInput={({ currentTarget: { value } }) => {
          texts.value = value === '' ? [] : [value];
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={`${shared.id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}

function Tick({ row, ...shared }: { readonly row: PlainField; readonly id: string }) {
  const texts = form(row.name);
  return (
    <label class="tick">
      <input
        {...shared}
        type="checkbox"
        checked={texts.value[0] === 'true'}
        onChange={({ currentTarget: { checked } }) => {
          texts.value = checked ? ['true'] : [];
        }}
      />
      <span>
        {titleOf(row.name)} <code>{row.name}</code>
      </span>
    </label>
  );
}
