import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReadinessReport } from './readiness.ts';

/** Functions that are called whenever the metrics are read. They must not throw: all metrics would be lost. */
export interface MetricSources {
  /** Version of this package. */
  readonly version: string;
  trainings(): {
    /** Trainings that wait or compute. */
    readonly underWay: number;
    /** Trainings that wait for a thread. */
    readonly waiting: number;
  };
  /** Number of threads that live, by what they do. */
  threads(): Readonly<Record<string, number>>;
  /** Bytes of the memory of tables; `bytesMax` may be Infinity. */
  memory?(): { readonly promisedBytes: number; readonly keptBytes: number; readonly bytesMax: number };
  spool?(): SpoolCounts;
  deliveries?(): {
    readonly underWay: number;
    /** Deliveries since the start. */
    readonly byOutcome: Readings;
  };
  /** The answer of the readiness probe. */
  readiness(): Promise<ReadinessReport>;
}

/** The content of the spool now. */
interface SpoolCounts {
  readonly pending: number;
  readonly dead: number;
  readonly bytes: number;
  /** Milliseconds since 1970; undefined if nothing is pending. */
  readonly oldestAcceptedAtMs?: number;
}

/** Registers the gauges that are read from `sources`. */
export function registerGauges(registry: Registry, sources: MetricSources): void {
  single(
    registry,
    'trainpost_trainings_under_way',
    'Trainings and dry runs that wait for a thread or compute.',
    () => sources.trainings().underWay,
  );
  single(
    registry,
    'trainpost_trainings_waiting',
    'Trainings and dry runs that wait for a thread.',
    () => sources.trainings().waiting,
  );
  byLabel(registry, 'trainpost_threads', 'Threads that live, by what they do.', 'kind', () =>
    sources.threads(),
  );
  byLabel(registry, 'trainpost_check_ok', 'Each check of readiness: 1 if it holds.', 'check', async () => {
    const { checks } = await sources.readiness();
    return Object.fromEntries(Object.entries(checks).map(([name, { ok }]) => [name, ok ? 1 : 0]));
  });
  new Gauge({
    name: 'trainpost_build_info',
    help: 'Always 1; the labels have the versions.',
    labelNames: ['version', 'node_version'],
    registers: [registry],
  }).set({ version: sources.version, node_version: process.versions.node }, 1);
  if (sources.memory) registerMemory(registry, sources.memory);
  if (sources.spool) registerSpool(registry, sources.spool);
  if (sources.deliveries) registerDeliveries(registry, sources.deliveries);
}

function registerMemory(registry: Registry, memory: NonNullable<MetricSources['memory']>): void {
  byLabel(
    registry,
    'trainpost_table_memory_bytes',
    'Memory promised to trainings under way, and memory kept for the next trainings.',
    'state',
    () => {
      const { promisedBytes, keptBytes } = memory();
      return { promised: promisedBytes, kept: keptBytes };
    },
  );
  single(
    registry,
    'trainpost_table_memory_limit_bytes',
    'The memory that can be promised at once.',
    () => memory().bytesMax,
  );
}

function registerSpool(registry: Registry, counts: () => SpoolCounts): void {
  byLabel(
    registry,
    'trainpost_spool_records',
    'Runs in the spool: runs to be delivered, and dead letters.',
    'state',
    () => {
      const { pending, dead } = counts();
      return { pending, dead };
    },
  );
  single(registry, 'trainpost_spool_bytes', 'Bytes of the runs in the spool.', () => counts().bytes);
  single(
    registry,
    'trainpost_spool_oldest_age_seconds',
    'Age of the oldest run in the spool that is to be delivered; 0 if there is no such run.',
    () => {
      const { oldestAcceptedAtMs: sinceMs } = counts();
      // A clock that was set back would give a negative age.
      return sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs) / 1000;
    },
  );
}

function registerDeliveries(registry: Registry, counts: NonNullable<MetricSources['deliveries']>): void {
  single(
    registry,
    'trainpost_deliveries_under_way',
    'Deliveries to MLflow that are under way.',
    () => counts().underWay,
  );
  new Counter({
    name: 'trainpost_deliveries_total',
    help: 'Deliveries of runs to MLflow since the start, by how they ended.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(counts().byOutcome)) this.inc({ outcome }, count);
    },
  });
}

function single(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

type Readings = Readonly<Record<string, number>>;

/** @param read gives a number for each value of the label; a label may have a handful of values */
function byLabel<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  label: Label,
  read: () => Readings | Promise<Readings>,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      const readings = await read();
      this.reset();
      for (const [value, reading] of Object.entries(readings)) this.labels(value).set(reading);
    },
  });
}
