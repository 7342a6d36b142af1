import { BodyError, TrainpostError } from '../errors.ts';

/**
 * Runs a reader of files for a request for predictions. The reader's errors repeat the cell and name form fields of a
 * training, so only the place is taken from them.
 * @throws BodyError instead of the reader's errors
 */
export function asBodyError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TrainpostError) || error instanceof BodyError) throw error;
    const { value: _, field: __, ...details } = error.details;
    throw new BodyError(error.code, withoutData(error), details);
  }
}

function withoutData({ code, details: { row } }: TrainpostError): string {
  const where = row === undefined ? '' : ` in row ${row}`;
  return `The CSV cannot be read (${code})${where}: correct the file.`;
}
