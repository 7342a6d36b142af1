/** Curves of a model's probabilities on one set of rows. Counts stand for shares, so every curve can be drawn from them. */
import type { ClassLabel } from './dataset.ts';

/**
 * Rows at thresholds, the highest threshold first. `tp[i]` rows of the class and `fp[i]` other rows have at least the
 * probability `threshold[i]`. A curve has at most 500 thresholds, and the corners are among them.
 */
export interface Cuts {
  readonly threshold: readonly number[];
  readonly tp: readonly number[];
  readonly fp: readonly number[];
}

/**
 * Bins with about the same number of rows, as `calibration_curve(strategy='quantile')` makes them. A bin without rows is
 * left out.
 */
export interface CalibrationBins {
  /** Mean probability of a bin's rows. */
  readonly mean: readonly number[];
  /** Share of a bin's rows that are of the class. */
  readonly share: readonly number[];
  readonly rows: readonly number[];
}

/** Rows by probability, in bins of equal width from 0 to 1. */
export interface ScoreHistogram {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** Curves of one class against all others. */
export interface ClassCurves {
  /** Place of the class among the model's classes. */
  readonly code: number;
  /** Rows that are of the class, and the others. */
  readonly positives: number;
  readonly negatives: number;
  /** NaN without rows of the class or without others, as `averagePrecision` is without rows of the class. */
  readonly rocAuc: number;
  readonly averagePrecision: number;
  /** Mean squared distance of the probability from 1 for a row of the class, and from 0 for another. */
  readonly brier: number;
  readonly roc: Cuts;
  readonly precisionRecall: Cuts;
  /** Thresholds all over the range, for a table: those of rows, or even steps too if there are many. */
  readonly table: Cuts;
  readonly calibration: CalibrationBins;
  readonly histogram: ScoreHistogram;
}

/** The curves of one set of rows. */
export interface PartCurves {
  /** The positive class of two, or each of three classes and more. */
  readonly ofClasses: readonly ClassCurves[];
  /** Rows by true class (outside) and predicted class (inside); for three classes and more. */
  readonly confusion?: readonly (readonly number[])[];
}

/** The curves of the best candidate, by its probabilities. */
export interface Curves {
  /** The model's classes, in order. */
  readonly classes: readonly ClassLabel[];
  /** Missing for rows whose probabilities are not all numbers. */
  readonly train?: PartCurves;
  readonly test?: PartCurves;
}
