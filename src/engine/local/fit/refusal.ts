import { DataError, quote } from '../../../errors.ts';
import { ValueError } from '../../../ml/errors.ts';
import { numericColumn } from '../blocks/numericColumn.ts';
import type { Rows } from './prepare.ts';

/**
 * Does `work` on some rows. If an estimator rejects a value, the error says where the value stands in the file.
 * @throws DataError with this code if `work` throws a ValueError
 */
export function withPlace<T>(
  code: 'cannot_be_fitted' | 'cannot_be_predicted',
  { source }: Pick<Rows, 'source'>,
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const { row: place, column } = error.place;
    const row = place === undefined ? undefined : source.rowSet.tableRow(place) + 1;
    const value = valueAt(source, column, place);
    const details = {
      ...(row !== undefined && { row }),
      ...(column !== undefined && { column }),
      ...(value !== undefined && { value }),
    };
    const message = messageOf(error, details);
    throw code === 'cannot_be_fitted'
      ? new DataError('cannot_be_fitted', message, details, { cause: error })
      : new DataError('cannot_be_predicted', message, details, { cause: error });
  }
}

interface Details {
  readonly row?: number;
  readonly column?: string;
  readonly value?: string;
}

function messageOf({ message }: ValueError, { row, column, value }: Details): string {
  if (row === undefined) return message;
  const remedy = 'correct the value, or add the column to ignore.';
  if (column === undefined) {
    return `Row ${row} has values that are too large to be multiplied with the coefficients: correct the row.`;
  }
  const cell = value === undefined ? 'a value' : value;
  return `Row ${row} has ${cell} in column ${quote(column)}, which is no finite number once it is scaled: ${remedy}`;
}

/** The number that stands in the table, undefined if it is text or not known. */
function valueAt(
  source: Rows['source'],
  name: string | undefined,
  place: number | undefined,
): string | undefined {
  const { columns } = source.rowSet.workplace.table;
  const index = columns.findIndex((column) => column.name === name);
  if (place === undefined || columns[index]?.kind !== 'number') return undefined;
  return String(numericColumn(source, index).toArray()[place]);
}
