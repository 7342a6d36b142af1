/** What `report.json` holds: every number behind the report. It survives JSON, so a number that does not exist is null. */
import type { GateResult } from '../values/gate.ts';
import type { TermEstimate } from '../values/inference.ts';
import type { ConfusionCounts } from '../values/metrics.ts';
import type { LossPoint, Verdict } from '../values/result.ts';
import type { Warning } from '../values/warning.ts';

export type PartName = 'train' | 'test';

/** A value for each set of rows that has one. */
export type ByPart<Value> = { readonly [Part in PartName]?: Value };

export interface MetricRow {
  readonly name: string;
  readonly train: number | null;
  readonly test: number | null;
  /** Ends of the 95 % interval of `test`, if metrics have intervals. */
  readonly test_low?: number | null;
  readonly test_high?: number | null;
  /** The champion's value on the same rows, and how this model differs: its value minus the champion's, with the 95 % interval. */
  readonly champion?: number | null;
  readonly difference?: number | null;
  readonly difference_low?: number | null;
  readonly difference_high?: number | null;
  readonly verdict?: Verdict | null;
  /** Over the folds. */
  readonly cv_mean?: number | null;
  readonly cv_std?: number | null;
}

/** What always predicting the most frequent class of the training rows comes to on the test rows. */
export interface Baseline {
  readonly label: string;
  readonly accuracy: number;
}

export interface ClassRow {
  readonly label: string;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Rows of the class. */
  readonly support: number;
}

/** Counts at thresholds, the highest threshold first: of rows of the class (`tp`, `fn`) and of others (`fp`, `tn`). */
export interface ThresholdRows {
  readonly threshold: readonly number[];
  readonly tp: readonly number[];
  readonly fp: readonly number[];
  readonly tn: readonly number[];
  readonly fn: readonly number[];
}

/** Curves of one class against all others. */
export interface ClassCurvesData {
  readonly label: string;
  readonly positives: number;
  readonly negatives: number;
  readonly roc_auc: number | null;
  readonly average_precision: number | null;
  readonly brier_score: number | null;
  readonly roc: {
    readonly fpr: readonly number[];
    readonly tpr: readonly number[];
    readonly threshold: readonly number[];
  };
  readonly precision_recall: {
    readonly recall: readonly number[];
    readonly precision: readonly number[];
    readonly threshold: readonly number[];
  };
  readonly calibration: {
    readonly mean: readonly number[];
    readonly share: readonly number[];
    readonly rows: readonly number[];
  };
  readonly histogram: { readonly positives: readonly number[]; readonly negatives: readonly number[] };
  readonly thresholds: ThresholdRows;
}

/** A coefficient in the units of the file. */
export interface CoefficientRow {
  /** With three classes or more: the class whose score it adds to. */
  readonly label?: string;
  /** A column of numbers, or `<column>=<text>`. */
  readonly term: string;
  /** Change of the log odds if the column grows by 1. */
  readonly per_unit: number | null;
  /** Change of the log odds if the column grows by its standard deviation; of a text, `per_unit`. */
  readonly per_std: number | null;
  /** `exp(per_unit)` */
  readonly odds_ratio: number | null;
}

export interface SweepRow {
  /** Place in the sweep. */
  readonly candidate: number;
  readonly settings: Readonly<Record<string, number | string | null>>;
  /** What the candidate is chosen by; its standard deviation over the folds. */
  readonly value: number | null;
  readonly std?: number | null;
  readonly problem?: string;
}

export interface ReportData {
  readonly version: 1;
  readonly experiment: string;
  readonly run: string;
  readonly registered_model: string;
  readonly file: string;
  readonly test_file?: string;
  /** When the request arrived: ISO 8601, UTC. */
  readonly trained_at: string;
  readonly target: string;
  readonly classes: readonly string[];
  /** The class that precision, recall, F1 and the curves describe; with two classes. */
  readonly positive?: string;
  readonly threshold?: { readonly value: number; readonly by: string };
  readonly baseline?: Baseline;
  readonly metrics: readonly MetricRow[];
  /** With two classes. */
  readonly counts?: ByPart<ConfusionCounts>;
  /** Rows by true class (outside) and predicted class, in the order of `classes`. */
  readonly confusion: ByPart<readonly (readonly number[])[]>;
  readonly per_class: ByPart<readonly ClassRow[]>;
  readonly curves: ByPart<readonly ClassCurvesData[]>;
  readonly coefficients: readonly CoefficientRow[];
  readonly inference?: readonly TermEstimate[];
  readonly solver: { readonly name: string; readonly iterations: number; readonly converged: boolean };
  /** The loss that the solver minimises, by iteration. */
  readonly losses?: readonly LossPoint[];
  /** What came of the gates, if the form has any. */
  readonly gates?: readonly GateResult[];
  /** The model behind the alias, if a gate compares with it. */
  readonly champion?: { readonly uri: string; readonly name: string | null; readonly version: string | null };
  readonly sweep?: { readonly select: string; readonly chosen: number; readonly rows: readonly SweepRow[] };
  readonly data: {
    readonly rows: number;
    readonly train_rows: number;
    readonly test_rows: number;
    readonly digest: string;
    readonly columns: readonly {
      readonly name: string;
      readonly type: string;
      readonly role: 'target' | 'feature' | 'ignored';
      readonly missing: boolean;
      readonly min?: number;
      readonly max?: number;
      readonly mean?: number;
      readonly std?: number;
    }[];
    readonly class_counts: readonly { readonly label: string; readonly rows: number }[];
  };
  readonly warnings: readonly Warning[];
  readonly settings: Readonly<Record<string, number | string | null>>;
  readonly params: Readonly<Record<string, string>>;
  /** The pipeline as scikit-learn prints it. */
  readonly pipeline: string;
  /** A command line that trains this model again. */
  readonly command: string;
}
