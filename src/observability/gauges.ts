import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReadinessReport } from './readiness.ts';

/** What is asked whenever the metrics are read. None of it may throw: the others would be lost with it. */
export interface MetricSources {
  /** Version of this package. */
  readonly version: string;
  trainings(): {
    /** Those that wait or compute. */
    readonly underWay: number;
    /** For a thread. */
    readonly waiting: number;
  };
  /** Threads that live, by what they do. */
  threads(): Readonly<Record<string, number>>;
  /** Bytes of the memory in which tables lie; there may be no bound. */
  memory?(): { readonly promisedBytes: number; readonly keptBytes: number; readonly bytesMax: number };
  spool?(): SpoolCounts;
  deliveries?(): {
    readonly underWay: number;
    /** Since the start. */
    readonly byOutcome: Readings;
  };
  /** What the probe of readiness says. */
  readiness(): Promise<ReadinessReport>;
}

/** What is in the spool now. */
interface SpoolCounts {
  readonly pending: number;
  readonly dead: number;
  readonly bytes: number;
  /** Milliseconds since 1970; there is none where nothing is pending. */
  readonly oldestAcceptedAtMs?: number;
}

/** Registers what is read from `sources`. */
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
  byLabel(registry, 'trainpost_check_ok', 'Each check of readiness: 1 where it holds.', 'check', async () => {
    const { checks } = await sources.readiness();
    return Object.fromEntries(Object.entries(checks).map(([name, { ok }]) => [name, ok ? 1 : 0]));
  });
  new Gauge({
    name: 'trainpost_build_info',
    help: 'Always 1; the labels say what runs.',
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
    'Memory promised to trainings under way, and kept for the next ones.',
    'state',
    () => {
      const { promisedBytes, keptBytes } = memory();
      return { promised: promisedBytes, kept: keptBytes };
    },
  );
  single(
    registry,
    'trainpost_table_memory_limit_bytes',
    'The most that is promised at once.',
    () => memory().bytesMax,
  );
}

function registerSpool(registry: Registry, counts: () => SpoolCounts): void {
  byLabel(
    registry,
    'trainpost_spool_records',
    'Runs in the spool: those to be delivered, and dead letters.',
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
    'How long the oldest run that is to be delivered has been in the spool; 0 where there is none.',
    () => {
      const { oldestAcceptedAtMs: sinceMs } = counts();
      // A clock that was set back makes nothing younger than new.
      return sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs) / 1000;
    },
  );
}

function registerDeliveries(registry: Registry, counts: NonNullable<MetricSources['deliveries']>): void {
  single(
    registry,
    'trainpost_deliveries_under_way',
    'Deliveries that MLflow is asked for now.',
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

/** @param read gives a value for each value of the label; of those there may be a handful */
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
