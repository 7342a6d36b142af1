import { DataError, quote } from '../errors.ts';
import type { Matrix } from '../ml/matrix.ts';
import type { ClassLabel } from '../values/dataset.ts';
import type { Dataset } from './dataset.ts';
import { readNumbers } from './segments.ts';

/** A data set as arrays, for estimators that run without the server. */
export interface Arrays {
  /** Shape `(rows, features)`. A missing value is NaN. */
  readonly X: Matrix;
  /** One label a row. */
  readonly y: readonly ClassLabel[];
}

/**
 * Unpacks a data set: all rows in the order of the file, without the dropped rows.
 * @throws DataError if a feature is text
 */
export function toArrays({ table, features, target, dropped, rows }: Dataset): Arrays {
  const text = features.find(({ type }) => type === 'string');
  if (text !== undefined) {
    const message = `Column ${quote(text.name)} is text, but arrays hold numbers: add the column to ignore.`;
    throw new DataError('text_column', message, { column: text.name });
  }
  const isKept = (_: unknown, row: number) => dropped?.[row] !== 1;
  const columns = features.map(({ index }) => readNumbers(table, index).filter(isKept));
  const codes = target.codes.filter(isKept);
  const labels = target.classCounts.map(({ label }) => label);
  return {
    X: { nSamples: rows, nFeatures: columns.length, columns },
    y: Array.from(codes, (code) => labels[code]!),
  };
}
