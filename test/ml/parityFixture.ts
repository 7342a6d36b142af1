import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';

/** One split, fit and evaluation by scikit-learn. See test/fixtures/parity/make_parity.py. */
export interface ParityCase {
  readonly dataset: string;
  /** Whether a MinMaxScaler precedes the classifier. */
  readonly scaled: boolean;
  readonly solver: 'lbfgs' | 'newton-cholesky';
  /** Infinity for no penalty. */
  readonly C: number;
  readonly max_iter: number;
  readonly class_weight: 'balanced' | null;
  readonly stratify: boolean;
  readonly random_state: number;
  readonly test_size: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly n_iter: number;
  readonly converged: boolean;
  readonly fell_back: boolean;
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  /** Codes of the predicted classes of the test rows. */
  readonly predicted: readonly number[];
  /** Probabilities of the first test rows. */
  readonly proba: readonly (readonly number[])[];
  readonly metrics: Readonly<Record<MetricName, number | null>>;
  /** How far scikit-learn's own results move if the training rows come in other orders. */
  readonly movement: {
    readonly n_iter: readonly number[];
    readonly parameters: number;
    readonly proba: number;
    readonly log_loss: number;
    readonly roc_auc: number;
  };
}

export type MetricName =
  | 'accuracy_score'
  | 'precision_score'
  | 'recall_score'
  | 'f1_score'
  | 'log_loss'
  | 'roc_auc'
  | 'score';

export interface ParityFixture {
  readonly versions: Readonly<Record<string, string>>;
  readonly datasets: Readonly<
    Record<string, { readonly rows: number[][]; readonly labels: number[] | string[] }>
  >;
  readonly cases: readonly ParityCase[];
}

/** Reads the cases with a penalty, and the cases without a penalty, which the file has without `C`. */
export function readParityFixture(): ParityFixture {
  const penalised = readFixture('parity.json.gz');
  const { versions, datasets, cases } = readFixture('unpenalised.json.gz');
  expect(versions).toEqual(penalised.versions);
  return {
    versions,
    datasets: { ...penalised.datasets, ...datasets },
    cases: [...penalised.cases, ...cases.map((one) => ({ ...one, C: Number.POSITIVE_INFINITY }))],
  };
}

function readFixture(name: string): ParityFixture {
  const path = new URL(`../fixtures/parity/${name}`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as ParityFixture;
}

export function nameOf(one: ParityCase): string {
  const { dataset, scaled, solver, C, max_iter, class_weight, stratify, random_state, test_size } = one;
  return [
    dataset,
    scaled ? 'scaled' : 'unscaled',
    solver,
    `C=${C}`,
    `max_iter=${max_iter}`,
    `class_weight=${class_weight}`,
    `stratify=${stratify}`,
    `random_state=${random_state}`,
    `test_size=${test_size}`,
  ].join(' ');
}
