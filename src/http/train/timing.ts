import type { DeliveryView } from '../../values/delivery.ts';
import type { StageTime } from '../../values/result.ts';

/** Milliseconds of each stage: the upload, the engine's stages, `log` once the run is in MLflow, and the total. */
export type Timing = Readonly<Record<string, number | null>> & {
  readonly total: number;
  readonly log: number | null;
};

/** Milliseconds that a route measured: the upload, and the time since the request began. */
export interface RouteClock {
  readonly upload: number;
  readonly total: number;
}

/** The clock of work that is done later: its total includes the time on disk. */
export function laterClock({
  receivedAtMs,
  uploadMs,
}: {
  readonly receivedAtMs: number;
  readonly uploadMs: number;
}) {
  return (): RouteClock => ({ upload: uploadMs, total: uploadMs + Math.max(0, Date.now() - receivedAtMs) });
}

export function timingOf(stages: readonly StageTime[], clock: RouteClock): Timing {
  return {
    upload: tenths(clock.upload),
    ...Object.fromEntries(stages.map(({ name, ms }) => [name, tenths(ms)])),
    log: null,
    total: tenths(clock.total),
  };
}

/** Milliseconds that the delivery to MLflow took; undefined while it is pending. */
export function logMsOf({ acceptedAtMs, endedAtMs }: DeliveryView): number | undefined {
  // The clock may have been set back.
  return endedAtMs && Math.max(0, endedAtMs - acceptedAtMs);
}

export function withLog(timing: Timing, view: DeliveryView): Timing {
  const logMs = logMsOf(view);
  if (logMs === undefined) return timing;
  const log = tenths(logMs);
  return { ...timing, log, total: tenths(timing.total + log) };
}

const tenths = (ms: number) => Math.round(ms * 10) / 10;
