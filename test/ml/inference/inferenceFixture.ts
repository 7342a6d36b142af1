import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DenseNumericColumn, DenseTextColumn } from '../../../src/ml/denseColumn.ts';
import type { Frame } from '../../../src/ml/frame.ts';
import type { TermEstimate } from '../../../src/values/inference.ts';

/** One data set, and its estimates. See test/fixtures/inference/make_inference.py. */
export interface InferenceCase {
  readonly name: string;
  readonly missing: 'error' | 'mean' | 'median' | 'most_frequent';
  readonly columns: Readonly<Record<string, readonly (number | string | null)[]>>;
  readonly classes: readonly number[];
  readonly terms: readonly string[];
  /** A row for each term, with `numbers`. null: statsmodels has no such digits. */
  readonly statsmodels: readonly (readonly number[])[] | null;
  readonly exact: readonly (readonly number[])[];
}

interface InferenceFixture {
  readonly numbers: readonly (keyof TermEstimate)[];
  readonly cases: readonly InferenceCase[];
}

export function readInferenceFixture(): InferenceFixture {
  const path = new URL('../../fixtures/inference/inference.json.gz', import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as InferenceFixture;
}

export function frameOfCase({ columns, classes }: InferenceCase): Frame {
  return {
    nSamples: classes.length,
    columns: Object.values(columns).map((cells) =>
      cells.some((cell) => typeof cell === 'string')
        ? DenseTextColumn.of(cells as readonly (string | null)[])
        : new DenseNumericColumn(
            Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
          ),
    ),
  };
}
