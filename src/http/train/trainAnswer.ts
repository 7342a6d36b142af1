import type { TestFileInfo } from '../../values/dataset.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { MetricSet, RoundedMetrics } from '../../values/metrics.ts';
import { chosenOf, type Result, type SolverInfo } from '../../values/result.ts';
import type { TrackedRun } from '../../values/run.ts';
import type { Warning } from '../../values/warning.ts';
import {
  type DeliveryLink,
  deliveryLink,
  type ModelAnswer,
  modelAnswer,
  type RunAnswer,
  runAnswer,
} from '../routes/deliveryAnswer.ts';

/** JSON has no NaN: an undefined metric is null. */
type JsonMetrics = { readonly [name in keyof MetricSet]: number | null };

interface Computed {
  readonly metrics: { readonly train: JsonMetrics; readonly test: JsonMetrics };
  readonly data: {
    readonly rows: number;
    readonly columns: number;
    readonly target: string;
    readonly train_rows: number;
    readonly test_rows: number;
    readonly digest: string;
    readonly test_file?: TestFileAnswer;
  };
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  readonly timing_ms: Timing;
}

/** A test file. Its rows are not among those of the training file. */
export interface TestFileAnswer {
  readonly rows: number;
  readonly columns: number;
  readonly digest: string;
}

/** Milliseconds of each stage: the upload, the engine's stages, `log` once the run is in MLflow, and the total. */
type Timing = Readonly<Record<string, number | null>> & {
  readonly total: number;
  readonly log: number | null;
};

/**
 * The part of a response that is known when a training is accepted, and that is kept with the training. Every response for
 * the training, even the first one, is made of this part and the state of the delivery.
 */
export interface KeptAnswer {
  readonly rounded: RoundedMetrics;
  readonly registeredModel: string;
  readonly computed: Computed;
}

/** The response to `POST /train`: the original's four keys, and where to find the run, the model and the delivery. */
export interface TrainAnswer extends RoundedMetrics, Computed {
  readonly run: RunAnswer;
  readonly model: ModelAnswer;
  readonly tracking: { readonly state: 'pending' | 'finished'; readonly delivery: DeliveryLink };
}

/**
 * Makes the part of a response that is kept with the training.
 * @param clock milliseconds that the route measured: the upload, and the time since the request began
 */
export function keptAnswer(
  result: Result,
  run: TrackedRun,
  clock: { readonly upload: number; readonly total: number },
): KeptAnswer {
  const { data, testData, split, warnings, stages } = result;
  const { train, test, solver, warnings: ofModel } = chosenOf(result);
  return {
    rounded: run.rounded,
    registeredModel: run.registeredModelName,
    computed: {
      metrics: { train: toJson(train.metrics), test: toJson(test.metrics) },
      data: {
        rows: data.rows,
        columns: data.columns.length,
        target: data.target,
        train_rows: split.train,
        test_rows: split.test,
        digest: data.digest,
        ...(testData && { test_file: testFileAnswer(testData) }),
      },
      solver,
      warnings: [...warnings, ...ofModel],
      timing_ms: {
        upload: tenths(clock.upload),
        ...Object.fromEntries(stages.map(({ name, ms }) => [name, tenths(ms)])),
        log: null,
        total: tenths(clock.total),
      },
    },
  };
}

/**
 * Makes the response for a training that is pending or delivered.
 * @param path the path of the request
 */
export function trainAnswer(view: DeliveryView, path: string): TrainAnswer {
  const { rounded, registeredModel, computed } = view.answer as KeptAnswer;
  const { metrics, data, solver, warnings, timing_ms: timing } = computed;
  return {
    ...rounded,
    run: runAnswer(view.runName, view.logged),
    model: modelAnswer(registeredModel, view.logged),
    tracking: {
      state: view.logged === undefined ? 'pending' : 'finished',
      delivery: deliveryLink(view.id, path),
    },
    metrics,
    data,
    solver,
    warnings,
    timing_ms: withLog(timing, view),
  };
}

export function testFileAnswer({ rows, columns, digest }: TestFileInfo): TestFileAnswer {
  return { rows, columns: columns.length, digest };
}

/** Milliseconds that the delivery to MLflow took; undefined while it is pending. */
export function logMsOf({ acceptedAtMs, endedAtMs }: DeliveryView): number | undefined {
  // The clock may have been set back.
  return endedAtMs && Math.max(0, endedAtMs - acceptedAtMs);
}

function withLog(timing: Timing, view: DeliveryView): Timing {
  const logMs = logMsOf(view);
  if (logMs === undefined) return timing;
  const log = tenths(logMs);
  return { ...timing, log, total: tenths(timing.total + log) };
}

function toJson(metrics: MetricSet): JsonMetrics {
  const entries = Object.entries(metrics).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : null,
  ]);
  return Object.fromEntries(entries) as JsonMetrics;
}

const tenths = (ms: number) => Math.round(ms * 10) / 10;
