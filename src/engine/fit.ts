import { parseCsv } from '../data/csv.ts';
import { type Roles, toDataset } from '../data/dataset.ts';
import { trainTestSplit } from '../data/split.ts';
import type { LogisticRegressionOptions } from '../ml/logisticRegression.ts';
import type { PipelineState } from '../ml/state.ts';
import type {
  DatasetInfo,
  InputExample,
  MetricSet,
  RoundedMetrics,
  SolverInfo,
  SplitInfo,
  Warning,
} from '../result.ts';
import { constantColumns, describeDataset, inputExample, undefinedMetrics } from './describe.ts';
import { evaluate, fitPipeline, requireKnownClasses } from './model.ts';
import { classCodes, findPositive, takePart } from './parts.ts';

/** What is to be trained, as the caller chose it. */
export interface FitSpec extends Roles {
  /** Label that precision, recall and ROC are of, as text; the larger of the two where it is not given. */
  readonly positive?: string;
  readonly testSize: number;
  readonly randomState: number;
  readonly stratify: boolean;
  readonly model: Required<LogisticRegressionOptions>;
}

/** What the service allows, whoever calls. */
export interface FitOptions {
  /** The most bytes that a gzip file may unfold to. */
  readonly unfoldedBytesMax?: number;
}

/** What a training gives: plain numbers that cross from a thread. */
export interface Fitted {
  readonly pipeline: PipelineState;
  readonly dataset: DatasetInfo;
  readonly split: SplitInfo;
  readonly inputExample: InputExample;
  readonly rounded: RoundedMetrics;
  readonly training: MetricSet;
  readonly test: MetricSet;
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  /** Milliseconds by stage. */
  readonly timingMs: { readonly parse: number; readonly fit: number; readonly evaluate: number };
}

/**
 * Reads a CSV, splits it, fits the pipeline on the training rows and measures it on both parts: the original's
 * whole computation as one plain function.
 * @throws DataError, NotATableError, TooLargeError or FieldError where the file or a field does not allow it
 */
export async function fitCsv(bytes: Uint8Array, spec: FitSpec, options: FitOptions = {}): Promise<Fitted> {
  const startedAt = performance.now();
  const dataset = toDataset(parseCsv(bytes, options), spec);
  const parsedAt = performance.now();

  const positive = findPositive(dataset, spec.positive);
  const split = trainTestSplit(dataset.rows, {
    testSize: spec.testSize,
    randomState: spec.randomState,
    ...(spec.stratify && { stratify: classCodes(dataset) }),
  });
  const train = takePart(dataset, split.train);
  const test = takePart(dataset, split.test);
  const { pipeline, model } = fitPipeline(dataset, train, spec.model);
  requireKnownClasses(dataset, test, pipeline.classes_);
  const fittedAt = performance.now();

  const onTrain = evaluate(pipeline, train, positive);
  const onTest = evaluate(pipeline, test, positive);
  const rounded = pipeline.getMetrics(test.y, onTest.yPred, onTest.proba, positive);
  const evaluatedAt = performance.now();

  return {
    pipeline: pipeline.toState(),
    dataset: await describeDataset(bytes, dataset),
    split: { train: split.train.length, test: split.test.length },
    inputExample: inputExample(dataset),
    rounded,
    training: onTrain.metrics,
    test: onTest.metrics,
    solver: { name: spec.model.solver, iterations: model.nIter_, converged: model.converged_ },
    warnings: [
      ...dataset.warnings,
      ...constantColumns(dataset, train.X),
      ...model.fitWarnings_,
      ...undefinedMetrics('test', onTest.undefinedMetrics),
      ...undefinedMetrics('training', onTrain.undefinedMetrics),
    ],
    timingMs: {
      parse: parsedAt - startedAt,
      fit: fittedAt - parsedAt,
      evaluate: evaluatedAt - fittedAt,
    },
  };
}
