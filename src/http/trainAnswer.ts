import type { MetricSet, RoundedMetrics, SolverInfo, Warning } from '../result.ts';
import type { Trained } from '../training/train.ts';

/** JSON has no NaN: an undefined metric is null. */
type JsonMetrics = { readonly [name in keyof MetricSet]: number | null };

/** The answer of `POST /train`: the original's four keys, and beside them where everything is. */
export interface TrainAnswer extends RoundedMetrics {
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    readonly experiment_id: string;
  };
  readonly model: {
    readonly uri: string;
    readonly name: string;
    readonly version: string;
    readonly url: string;
  };
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
  readonly timing_ms: Readonly<Record<string, number>>;
}

/** `clock` is what the route itself measured, in milliseconds: the upload, and all from the request's first byte on. */
export function trainAnswer(
  { fitted, logged, logMs }: Trained,
  clock: { readonly upload: number; readonly total: number },
): TrainAnswer {
  const { dataset, split, rounded, timingMs } = fitted;
  return {
    ...rounded,
    run: {
      id: logged.runId,
      name: logged.runName,
      url: logged.runUrl,
      experiment_id: logged.experimentId,
    },
    model: {
      uri: logged.modelUri,
      name: logged.registeredModelName,
      version: logged.modelVersion,
      url: logged.modelUrl,
    },
    metrics: { train: toJson(fitted.training), test: toJson(fitted.test) },
    data: {
      rows: dataset.rows,
      columns: dataset.columns.length,
      target: dataset.target,
      train_rows: split.train,
      test_rows: split.test,
      digest: dataset.digest,
    },
    solver: fitted.solver,
    warnings: fitted.warnings,
    timing_ms: {
      upload: tenths(clock.upload),
      parse: tenths(timingMs.parse),
      split: tenths(timingMs.split),
      fit: tenths(timingMs.fit),
      evaluate: tenths(timingMs.evaluate),
      log: tenths(logMs),
      total: tenths(clock.total),
    },
  };
}

function toJson(metrics: MetricSet): JsonMetrics {
  const entries = Object.entries(metrics).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : null,
  ]);
  return Object.fromEntries(entries) as JsonMetrics;
}

const tenths = (ms: number) => Math.round(ms * 10) / 10;
