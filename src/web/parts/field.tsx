import type { Signal } from '@preact/signals';
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
  /** All that the field may be, if the page knows: values, and how they are shown. The first is the default. */
  readonly options?: readonly Option[];
}

export interface Option {
  readonly value: string;
  readonly says: string;
}

/** One field of the form: its label, its input, what is wrong, and what it means. All but the input come from the table. */
export function Field({ name, fault, suggestions, options }: FieldProps) {
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
      <Input row={row} suggestions={suggestions ?? row.words} options={options} {...shared} />
      {fault && <FieldFault id={`${id}-fault`} fault={fault} />}
      {hint}
    </div>
  );
}

/** The title of a field, its name in the form, and a way back to its default. */
function LabelOf({ row, children }: { readonly row: PlainField; readonly children?: ComponentChildren }) {
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
  readonly options: readonly Option[] | undefined;
}

function Input({ row, suggestions, options, ...shared }: InputProps) {
  const { name, shape } = row;
  const texts = form(name);
  const all = options ?? (shape === 'word' ? wordOptions(row) : undefined);
  if (all !== undefined) return <Choice texts={texts} options={all} {...shared} />;
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

function wordOptions({ words, default: initial }: PlainField): readonly Option[] {
  return [
    { value: '', says: `default: ${plainText(initial)}` },
    ...words.map((word) => ({ value: word, says: word })),
  ];
}

interface ChoiceProps {
  readonly id: string;
  readonly texts: Signal<readonly string[]>;
  readonly options: readonly Option[];
}

function Choice({ texts, options, ...shared }: ChoiceProps) {
  const given = texts.value[0] ?? '';
  // A link may bring a value that this file does not have: the service says what is wrong with it.
  const isKnown = options.some(({ value }) => value === given);
  return (
    <select
      {...shared}
      value={given}
      onChange={({ currentTarget: { value } }) => {
        texts.value = value === '' ? [] : [value];
      }}
    >
      {options.map(({ value, says }) => (
        <option key={value} value={value}>
          {says}
        </option>
      ))}
      {!isKnown && <option value={given}>{given}</option>}
    </select>
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
