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
  };
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  readonly timing_ms: Timing;
}

/** Milliseconds by stage: the upload, the engine's stages, `log` once the run is in MLflow, and the total. */
type Timing = Readonly<Record<string, number | null>> & {
  readonly total: number;
  readonly log: number | null;
};

/**
 * The part of an answer that is known when a training is accepted. It is kept with the training: each answer for it, the
 * first one too, is made of this and of how far the delivery is.
 */
export interface KeptAnswer {
  readonly rounded: RoundedMetrics;
  readonly registeredModel: string;
  readonly computed: Computed;
}

/** The answer of `POST /train`: the original's four keys, and beside them where everything is. */
export interface TrainAnswer extends RoundedMetrics, Computed {
  readonly run: RunAnswer;
  readonly model: ModelAnswer;
  readonly tracking: { readonly state: 'pending' | 'finished'; readonly delivery: DeliveryLink };
}

/** `clock` is what the route itself measured, in milliseconds: the upload, and all from the request's first byte on. */
export function keptAnswer(
  result: Result,
  run: TrackedRun,
  clock: { readonly upload: number; readonly total: number },
): KeptAnswer {
  const { data, split, warnings, stages } = result;
  const { train, test, solver, warnings: ofModel } = chosenOf(result);
  return {
    rounded: run.rounded,
    registeredModel: run.registeredModelName,
    computed: {
      metrics: { train: toJson(train), test: toJson(test) },
      data: {
        rows: data.rows,
        columns: data.columns.length,
        target: data.target,
        train_rows: split.train,
        test_rows: split.test,
        digest: data.digest,
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

/** The answer for a training that is pending or delivered, whenever it is asked for. */
export function trainAnswer(view: DeliveryView): TrainAnswer {
  const { rounded, registeredModel, computed } = view.answer as KeptAnswer;
  const { metrics, data, solver, warnings, timing_ms: timing } = computed;
  return {
    ...rounded,
    run: runAnswer(view.runName, view.logged),
    model: modelAnswer(registeredModel, view.logged),
    tracking: {
      state: view.logged === undefined ? 'pending' : 'finished',
      delivery: deliveryLink(view.id),
    },
    metrics,
    data,
    solver,
    warnings,
    timing_ms: withLog(timing, view),
  };
}

/** How long the run took to MLflow; undefined while it is on its way. */
export function logMsOf({ acceptedAtMs, endedAtMs }: DeliveryView): number | undefined {
  // A clock may have been set back.
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
