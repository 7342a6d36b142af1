import { DenseNumericColumn, DenseTextColumn, type TextValue } from '../../src/ml/denseColumn.ts';
import type { Frame, FrameColumn } from '../../src/ml/frame.ts';

export const numbers = (...values: readonly (number | null)[]) =>
  new DenseNumericColumn(Float64Array.from(values, (value) => value ?? Number.NaN));
export const texts = (...values: readonly TextValue[]) => DenseTextColumn.of(values);
export const frameOf = (...columns: readonly FrameColumn[]): Frame => ({
  nSamples: columns[0]?.nSamples ?? 0,
  columns,
});

/** Returns the values of a column through its public interface, null for missing values. */
export function valuesOf(column: FrameColumn): (number | string | null)[] {
  if (column.kind === 'numeric') {
    return Array.from(column.toArray(), (value) => (Number.isNaN(value) ? null : value));
  }
  const values = new Array<string | null>(column.nSamples).fill(null);
  for (const text of column.counts().keys()) {
    column
      .indicator(text)
      .toArray()
      .forEach((one, i) => {
        if (one === 1) values[i] = text;
      });
  }
  return values;
}
