import { createHash } from 'node:crypto';
import type { Dataset } from '../data/dataset.ts';
import { profile } from '../data/profile.ts';
import { labelText } from '../data/target.ts';
import { quote } from '../errors.ts';
import type { Matrix } from '../ml/matrix.ts';
import type { DatasetInfo, InputExample, Warning } from '../result.ts';

/** Rows shown in MLflow's input example: enough to see the form, few enough to read. */
const EXAMPLE_ROWS = 5;
/** SHA-256 cut to fewer than the 36 characters that MLflow allows a dataset's digest. */
const DIGEST_CHARS = 32;

export function describeDataset(bytes: Uint8Array, dataset: Dataset): DatasetInfo {
  return {
    rows: dataset.rows,
    columns: dataset.columns,
    target: dataset.targetName,
    features: dataset.features,
    digest: createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_CHARS),
    profile: profile(dataset),
    classCounts: dataset.y.classCounts.map(({ label, count }) => ({
      label: dataset.y.dtype === 'bool' ? labelText(label, 'bool') : label,
      count,
    })),
  };
}

export function inputExample({ X, features }: Dataset): InputExample {
  const rows = Math.min(EXAMPLE_ROWS, X.nSamples);
  return {
    columns: features.map(({ name }) => name),
    data: Array.from({ length: rows }, (_, row) => X.columns.map((column) => column[row] as number)),
  };
}

/** A column that does not vary among the training rows teaches nothing. */
export function constantColumns(dataset: Dataset, X: Matrix): Warning[] {
  return dataset.features
    .filter((_, index) => {
      const column = X.columns[index] as Float64Array;
      return column.every((value) => value === column[0]);
    })
    .map(({ name }) => ({
      code: 'constant_column',
      message: `Column ${quote(name)} has one value in all training rows, so nothing can be learned from it.`,
    }));
}

export function undefinedMetrics(part: 'training' | 'test', names: readonly string[]): Warning[] {
  return names.map((name) => ({
    code: 'undefined_metric',
    message: `${name} is undefined on the ${part} rows (a class that is missing or never predicted) and counts as 0, or as missing.`,
  }));
}
