import { defaultText } from './defaultText.ts';
import { flag, isSeveral, wordsOf, wordsOfEach } from './kinds.ts';
import { FIELD_ROWS, type FieldRow, GROUPS } from './table.ts';

/** How a field is filled in: with a text, a word, a tick, texts in a list, or values that make a sweep. */
type FieldShape = 'text' | 'word' | 'flag' | 'texts' | 'several';

/** A row of the table of fields as plain data, for the page, which loads no checks: the service checks. */
export interface PlainField {
  readonly name: string;
  readonly others: readonly string[];
  readonly group: keyof typeof GROUPS;
  readonly shape: FieldShape;
  /** The words to choose from. */
  readonly words: readonly string[];
  /** The default in words. Without a default it is empty. */
  readonly default: string;
  /** The default as the form has it, if the form can have it. */
  readonly defaultText: string;
  readonly mayBeBlank: boolean;
  /** Markdown. */
  readonly says: string;
}

/** Every field of a training as plain data, in the order of the table. */
export const PLAIN_FIELDS: readonly PlainField[] = FIELD_ROWS.map(([, row]) => plainField(row));
export const PLAIN_GROUPS: Readonly<Record<PlainField['group'], string>> = GROUPS;

function plainField(row: FieldRow): PlainField {
  const { names, group, kind, mayBeBlank = false, says, defaultSays } = row;
  const [name, ...others] = names;
  const shape = shapeOf(row);
  return {
    name,
    others,
    group,
    shape,
    words: shape === 'flag' ? [] : (wordsOf(kind) ?? wordsOfEach(kind) ?? []),
    default: defaultSays ?? (row.default === undefined ? '' : String(row.default)),
    defaultText: defaultText(row) ?? '',
    mayBeBlank,
    says,
  };
}

function shapeOf({ kind }: FieldRow): FieldShape {
  if (kind === flag) return 'flag';
  if (isSeveral(kind)) return 'several';
  if (kind.safeParse([]).success) return 'texts';
  return wordsOf(kind) === undefined ? 'text' : 'word';
}
