/** What a model that was trained before comes to on other rows. */
import type { ClassLabel, TestFileInfo } from './dataset.ts';
import type { CustomMetric } from './expression.ts';
import type { Intervals } from './intervals.ts';
import type { ModelDescription } from './loadedModel.ts';
import type { Measures } from './metrics.ts';
import type { CsvSpec } from './plan.ts';
import type { StageTime } from './result.ts';
import type { Warning } from './warning.ts';

/** What to find out about a model from a file with labels. */
export interface EvaluationPlan {
  readonly data: EvaluatedColumns;
  readonly description: ModelDescription;
  /** Metrics that the client defines. */
  readonly metrics: readonly CustomMetric[];
}

/** How the file is written, and which of its columns has the labels. */
interface EvaluatedColumns extends CsvSpec {
  /** The column with the labels; by default the one that the model was trained with. */
  readonly target?: string;
  /** The label, as text, that precision, recall, F1 and ROC AUC refer to; by default that of the training. */
  readonly positive?: string;
}

/** How far the values of a column have moved since the training. */
export interface ColumnDrift {
  readonly column: string;
  /** Population stability index over the bins of the training rows. */
  readonly psi: number;
  /** Whether the index is so high that it is worth a warning. */
  readonly warning: boolean;
}

/** The result of an evaluation: plain data that can be sent between threads. */
export interface Evaluation {
  readonly data: TestFileInfo & {
    /** The column with the labels. */
    readonly target: string;
    readonly classCounts: readonly { readonly label: ClassLabel; readonly count: number }[];
  };
  readonly positive?: ClassLabel;
  readonly measures: Measures;
  /** The intervals of the metrics in `measures`. */
  readonly intervals: Intervals;
  readonly warnings: readonly Warning[];
  /** Each feature that the model has bins of, in the model's order. */
  readonly drift: readonly ColumnDrift[];
  /** In the order of the work. */
  readonly stages: readonly StageTime[];
}
