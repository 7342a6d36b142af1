import { FieldError, quote } from '../errors.ts';
import { parseTexts } from '../python/literal.ts';
import type { Missing } from '../values/plan.ts';
import type { Table } from './table.ts';

/** The roles of a table's columns. */
export interface Roles {
  /** Default: `Outcome` if the file has it, else the last column with a name. */
  readonly target?: string;
  /** Columns to leave out. One text may name several columns, separated by commas. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
  /** The column that says which rows are test rows. Models do not see it. */
  readonly splitColumn?: string;
  /** Whether the test rows are drawn at random. */
  readonly isShuffled?: boolean;
}

export interface AssignedRoles {
  readonly targetIndex: number;
  readonly ignored: ReadonlySet<string>;
}

/** The original's name for the target column. */
const DEFAULT_TARGET = 'Outcome';
/** Python's word for no value, unless the file has a column of this name. */
const NONE = 'None';
/** What stands between two names: a comma, or a line end if the names come from a file. */
const SEPARATOR = /[,\r\n]/;
/** Names listed in an error. */
const NAMES_SHOWN = 20;

/**
 * Returns the target's index and the names of the columns to leave out. All other columns are features.
 * @throws FieldError if a field names a column that the file does not have, or if `ignore` or `split` names the target
 */
export function assignRoles(
  table: Table,
  { target, ignore, splitColumn }: Omit<Roles, 'missing' | 'isShuffled'>,
): AssignedRoles {
  const names = table.columns.map(({ name }) => name);
  const targetIndex = findTarget(table, names, target);
  const ignored = findIgnored(names, ignore, names[targetIndex]!);
  if (splitColumn !== undefined) ignored.add(findSplitColumn(splitColumn, names, names[targetIndex]!));
  return { targetIndex, ignored };
}

/** Indices of the columns that are not left out, the target included. */
export function usedColumns({ columns }: Table, { ignored }: AssignedRoles): number[] {
  return columns.flatMap(({ name }, index) => (ignored.has(name) ? [] : [index]));
}

/**
 * Finds a text among others: the same text, else the only text that is the same without blanks around both.
 * @returns -1 if there is no such text
 */
export function indexByText(texts: readonly string[], wanted: string): number {
  const exact = texts.indexOf(wanted);
  if (exact >= 0) return exact;
  const trimmed = wanted.trim();
  const alike = [...texts.keys()].filter((index) => texts[index]!.trim() === trimmed);
  return alike.length === 1 ? alike[0]! : -1;
}

function findTarget({ header }: Table, names: readonly string[], wanted: string | undefined): number {
  if (wanted === undefined || (wanted === NONE && !names.includes(NONE))) {
    const outcome = indexByText(names, DEFAULT_TARGET);
    if (outcome >= 0) return outcome;
    const unnamed = new Set(header?.unnamed);
    const lastNamed = names.findLastIndex((name) => !unnamed.has(name));
    return lastNamed >= 0 ? lastNamed : names.length - 1;
  }
  const index = indexByText(names, wanted);
  if (index < 0) throw unknownColumn('target', wanted, names);
  return index;
}

function findIgnored(names: readonly string[], wanted: readonly string[], target: string): Set<string> {
  const ignored = new Set<string>();
  for (const value of wanted) {
    if (value === NONE && !names.includes(NONE)) continue;
    for (const part of namesIn(value, names)) {
      const index = indexByText(names, part);
      if (index < 0) throw unknownColumn('ignore', part, names);
      const name = names[index]!;
      if (name === target) {
        throw new FieldError(
          'ignored_target',
          `ignore names the target column ${quote(name)}: remove it from ignore or choose another target.`,
          { field: 'ignore', value: part },
        );
      }
      ignored.add(name);
    }
  }
  return ignored;
}

function findSplitColumn(wanted: string, names: readonly string[], target: string): string {
  const name = names[indexByText(names, wanted)];
  if (name === undefined) throw unknownColumn('split', wanted, names);
  if (name !== target) return name;
  throw new FieldError(
    'target_splits',
    `split names the target column ${quote(name)}: name a column that says which rows are test rows.`,
    { field: 'split', value: name },
  );
}

/** The names in one text. A name may have a comma or a line end, so the whole text is tried before its parts. */
function namesIn(value: string, names: readonly string[]): readonly string[] {
  if (indexByText(names, value) >= 0) return [value];
  const listed = parseTexts(value);
  if (listed !== undefined) return listed;
  return value
    .split(SEPARATOR)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function unknownColumn(field: string, value: string, names: readonly string[]): FieldError {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => quote(name));
  return new FieldError(
    `unknown_${field}`,
    `${field} names the column ${quote(value)}, which the file does not have: it has ${shown.join(', ')}${names.length > NAMES_SHOWN ? ', …' : ''}.`,
    { field, value },
  );
}
