import { DataError, quote } from '../errors.ts';
import type { Dataset } from './dataset.ts';
import { indexByText } from './roles.ts';
import { readNumbers } from './segments.ts';
import type { TableColumn } from './table.ts';

/** Whether a word means the test rows. */
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['train', false],
  ['test', true],
]);

/**
 * Reads the column that assigns each row to the training or the test rows: with the words `train` and `test` in any case, or
 * with truth values (also 1 and 0), where true means test.
 * @returns whether a row of the table is a test row
 * @throws DataError `invalid_split_cell` naming the first cell that says something else, `empty_split` if one part is empty
 */
export function isTestRow({ table, dropped }: Dataset, name: string): (row: number) => boolean {
  const index = indexByText(
    table.columns.map((column) => column.name),
    name,
  );
  const column = table.columns[index]!;
  const cells = readNumbers(table, index);
  const meaning = meaningOf(column);
  let nTest = 0;
  let nTrain = 0;
  for (let row = 0; row < cells.length; row++) {
    if (dropped?.[row] === 1) continue;
    const isTest = meaning(cells[row]!);
    if (isTest === undefined) throw invalidCell(column, cells[row]!, row);
    if (isTest) nTest++;
    else nTrain++;
  }
  if (nTest === 0 || nTrain === 0) throw emptyPart(name, nTest === 0 ? 'test' : 'training');
  return (row) => meaning(cells[row]!) === true;
}

/** What a cell means; undefined if it means nothing. */
function meaningOf(column: TableColumn): (cell: number) => boolean | undefined {
  if (column.kind === 'number') return (cell) => (cell === 1 ? true : cell === 0 ? false : undefined);
  const meanings = column.texts.map((text) => WORDS.get(text.trim().toLowerCase()));
  return (cell) => meanings[cell];
}

function invalidCell(column: TableColumn, cell: number, row: number): DataError {
  const { name, firstMissing, firstOther } = column;
  const known = [firstMissing, firstOther].find((one) => one?.row === row)?.text;
  const value = column.kind === 'text' ? (column.texts[cell] ?? known ?? '') : (known ?? String(cell));
  return new DataError(
    'invalid_split_cell',
    `Row ${row + 1} has ${quote(value)} in column ${quote(name)}, which assigns the rows: write train or test, or True for test rows and False for others.`,
    { field: 'split', row: row + 1, column: name, value },
  );
}

function emptyPart(name: string, part: 'test' | 'training'): DataError {
  return new DataError(
    'empty_split',
    `Column ${quote(name)} makes no row a ${part} row: mark at least one.`,
    { field: 'split', column: name },
  );
}
