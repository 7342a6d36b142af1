import type { ModelColumnAnswer } from '../../client.ts';
import { shownNumber } from '../../reports/plots/text.ts';

/** A field of the form for one row. */
export interface RowField {
  readonly name: string;
  readonly kind: 'number' | 'choice' | 'text';
  /** An example. */
  readonly placeholder: string;
  /** One sentence on the values. */
  readonly help: string;
  readonly choices: readonly string[];
}

/** More texts than this are suggestions, because nobody reads such a list. */
const CHOICES_MAX = 50;

export function fieldOf(column: ModelColumnAnswer): RowField {
  const { name, type, required, categories = [], more_categories: more = 0 } = column;
  const missing = required ? '' : 'May be empty.';
  switch (type) {
    case 'boolean':
      return { name, kind: 'choice', placeholder: '', help: missing, choices: ['true', 'false'] };
    case 'string': {
      const count = categories.length + more;
      return {
        name,
        kind: count > 0 && count <= CHOICES_MAX ? 'choice' : 'text',
        placeholder: categories[0] ?? '',
        help: joined(count > CHOICES_MAX ? `${shownNumber(count)} texts in training.` : '', missing),
        choices: categories,
      };
    }
    default: {
      const start = type === 'long' ? 'Whole number' : 'Number';
      return {
        name,
        kind: 'number',
        placeholder: exampleOf(column),
        help: joined(`${start}${rangeText(column)}.`, missing),
        choices: [],
      };
    }
  }
}

const joined = (...sentences: readonly string[]) => sentences.filter((one) => one !== '').join(' ');

/** The middle of the training rows' values. */
function exampleOf({ type, min, max }: ModelColumnAnswer): string {
  if (min === undefined || max === undefined) return '';
  const middle = (min + max) / 2;
  return String(type === 'long' ? Math.round(middle) : Number(middle.toPrecision(3)));
}

function rangeText({ min, max }: ModelColumnAnswer): string {
  return min === undefined ? '' : `, ${shownNumber(min)} to ${shownNumber(max)} in training`;
}

/** A row as the service takes it. Numbers stay texts, so that the service judges them. An empty field is a missing value. */
export function rowOf(
  fields: readonly RowField[],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(fields.map(({ name }) => [name, values[name] || null]));
}

/** Whether a number lies outside of the training rows' range: there a model only guesses. */
export function isOutside({ min, max }: Pick<ModelColumnAnswer, 'min' | 'max'>, value: string): boolean {
  if (min === undefined || max === undefined || value.trim() === '') return false;
  const number = Number(value);
  return number < min || number > max;
}
