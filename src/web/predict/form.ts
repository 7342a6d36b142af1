import { shownNumber } from '../../reports/plots/text.ts';
import type { ColumnType } from '../../values/dataset.ts';

/** A column that a model needs, and what the training rows had in it. */
export interface ModelInput {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the model fills in a missing value. */
  readonly fills_missing: boolean;
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly categories: readonly string[] | null;
}

/** A field of the form for one row. */
export interface RowField {
  readonly name: string;
  readonly kind: 'number' | 'choice' | 'text';
  /** What is typed if the field is empty: an example. */
  readonly placeholder: string;
  /** One sentence on the values. */
  readonly help: string;
  /** Suggestions: the model has seen these texts. */
  readonly choices: readonly string[];
}

export function fieldOf({ name, type, range, categories, fills_missing }: ModelInput): RowField {
  const missing = fills_missing ? ' May be empty.' : '';
  switch (type) {
    case 'boolean':
      return { name, kind: 'choice', placeholder: '', help: missing.trim(), choices: ['true', 'false'] };
    case 'string':
      return {
        name,
        kind: 'choice',
        placeholder: categories?.[0] ?? '',
        help: `${categories === null ? 'Text.' : `${categories.length} texts in the training rows.`}${missing}`,
        choices: categories ?? [],
      };
    default:
      return {
        name,
        kind: 'number',
        placeholder: range === null ? '' : exampleOf(range, type === 'long'),
        help: `${type === 'long' ? 'Whole number' : 'Number'}${rangeText(range)}.${missing}`,
        choices: [],
      };
  }
}

/** The middle of the training rows' values. */
function exampleOf({ min, max }: NonNullable<ModelInput['range']>, isWhole: boolean): string {
  const middle = (min + max) / 2;
  return String(isWhole ? Math.round(middle) : Number(middle.toPrecision(3)));
}

function rangeText(range: ModelInput['range']): string {
  return range === null ? '' : `, ${shownNumber(range.min)} to ${shownNumber(range.max)} in training`;
}

/** A row as the service takes it: numbers stay texts, so that the service judges them; an empty field is a missing value. */
export function rowOf(
  fields: readonly RowField[],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] || null]));
}

/** Whether a number lies outside of the training rows' range, where a model only guesses. */
export function isOutside({ range }: Pick<ModelInput, 'range'>, value: string): boolean {
  const number = Number(value);
  return range !== null && value.trim() !== '' && (number < range.min || number > range.max);
}
