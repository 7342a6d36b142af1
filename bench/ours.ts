import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MessageChannel } from 'node:worker_threads';
import { pino } from 'pino';
import type { Dataset } from '../src/data/dataset.ts';
import type { Table } from '../src/data/table.ts';
import type { Target } from '../src/data/target.ts';
import type { Team } from '../src/engine/local/blocks/team.ts';
import type { Readers } from '../src/engine/local/threads/readers.ts';
import type { SharedMemory } from '../src/kernels/module.ts';
import type { DeliveryPort } from '../src/training/deliveryPort.ts';
import type { RunsPort } from '../src/training/runsPort.ts';
import type { Accepted, DeliveryView } from '../src/values/delivery.ts';
import type { LogisticRegressionState, PipelineState } from '../src/values/pipelineState.ts';
import type { ModelSpec } from '../src/values/plan.ts';
import type { TrackedRun } from '../src/values/run.ts';
import { NO_JOBS } from '../test/support/jobStore.ts';
import type { Fit, Parsing, Sweeping, Training } from './training.ts';

/**
 * The trainpost that the bench measures: the whole service in a process of its own, but without MLflow. It uses the modules
 * that `npm run build` made. It answers commands as JSON lines, as bench/original/worker.py does.
 */
const [DIST = ''] = process.argv.slice(2);

const { readNumbers } = await built<typeof import('../src/data/segments.ts')>('data/segments.js');
const { createJobs } =
  await built<typeof import('../src/http/jobs/createJobs.ts')>('http/jobs/createJobs.js');
const { TableReading } = await built<typeof import('../src/data/readTable.ts')>('data/readTable.js');
const { Team: BuiltTeam } = await built<typeof import('../src/engine/local/blocks/team.ts')>(
  'engine/local/blocks/team.js',
);
const { MARKS } = await built<typeof import('../src/engine/local/blocks/partition.ts')>(
  'engine/local/blocks/partition.js',
);
const { markRows } = await built<typeof import('../src/engine/local/fit/markRows.ts')>(
  'engine/local/fit/markRows.js',
);
const { prepare } = await built<typeof import('../src/engine/local/fit/prepare.ts')>(
  'engine/local/fit/prepare.js',
);
const { parseFields } =
  await built<typeof import('../src/training/fields/parse.ts')>('training/fields/parse.js');
const { planOf } = await built<typeof import('../src/training/fields/use.ts')>('training/fields/use.js');
const { fitPipelines } =
  await built<typeof import('../src/engine/local/fit/model.ts')>('engine/local/fit/model.js');
const { measureBoth } = await built<typeof import('../src/engine/local/fit/fitCandidate.ts')>(
  'engine/local/fit/fitCandidate.js',
);
const { HelperTasks } = await built<typeof import('../src/engine/local/fit/helperTasks.ts')>(
  'engine/local/fit/helperTasks.js',
);
const { LocalEngine } = await built<typeof import('../src/engine/local/localEngine.ts')>(
  'engine/local/localEngine.js',
);
const { Readers: BuiltReaders } = await built<typeof import('../src/engine/local/threads/readers.ts')>(
  'engine/local/threads/readers.js',
);
const { MemoryBudget } =
  await built<typeof import('../src/kernels/memoryBudget.ts')>('kernels/memoryBudget.js');
const { sharedMemory } = await built<typeof import('../src/kernels/module.ts')>('kernels/module.js');
const { growHeaps } = await built<typeof import('../src/system/heap.ts')>('system/heap.js');
const { createApp } = await built<typeof import('../src/http/app.ts')>('http/app.js');
const { Metrics } = await built<typeof import('../src/observability/metrics.ts')>('observability/metrics.js');
const { Readiness } = await built<typeof import('../src/observability/readiness.ts')>(
  'observability/readiness.js',
);
const { readConfig } = await built<typeof import('../src/config/index.ts')>('config/index.js');
const { UnderWay } = await built<typeof import('../src/training/underWay.ts')>('training/underWay.js');

/** Far above any file of the bench. */
const FILE_BYTES_MAX = 4e9;
const TIMEOUT_MS = 600_000;
/** The plan with the defaults of the form, which are those of the original. */
const PLAN = await planOf(parseFields({}), 1);
const [MODEL] = PLAN.candidates as [ModelSpec];
/** Large enough for the file of ten million rows. */
const LIMITS = { rows: 1e8, cells: 1e9 };
const READ = { unfoldedBytesMax: FILE_BYTES_MAX, limits: LIMITS };
const HELPERS = Math.max(1, availableParallelism() - 1);
const PIECE_BYTES = 1 << 18;

type Logged = Omit<Training, 'stages' | 'rows'> & { afterLastByteMs: number };
let lastByteAt = 0;
let logged: Logged | undefined;
let delivered: DeliveryView | undefined;
let sweepData: Awaited<ReturnType<typeof prepared>> | undefined;

growHeaps();
const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
const engine = new LocalEngine({
  threads: 1,
  waitingMax: 1,
  timeoutMs: TIMEOUT_MS,
  helpers: HELPERS,
  read: READ,
});
await engine.warmUp(PLAN);
/** Replaces the spool and MLflow, and keeps nothing. */
const deliveries: DeliveryPort = {
  checkRoom: async () => undefined,
  checkExperiment: async () => undefined,
  accept: (pipeline, run, { answer }) => accept(pipeline, run, answer),
  acceptEvaluation: () => Promise.reject(new Error('the benchmark evaluates nothing')),
  logged: () => undefined,
  find: async () => delivered,
  findByKey: async () => undefined,
  list: async () => [],
  retry: async () => false,
};
const none = () => Promise.reject(new Error('the benchmark lists no runs'));
const NO_RUNS: RunsPort = { experiments: none, findExperiment: none, runs: none, readReport: none };
const underWay = new UnderWay();
const readiness = new Readiness({ checks: {} });
const metrics = new Metrics({
  version: '0.0.0',
  trainings: () => engine.counts(),
  threads: () => engine.counts().threads,
  readiness: () => readiness.report(),
});
const rooms = { engine, deliveries, underWay, sweepMax: 200 };
const models = { load: () => Promise.reject(new Error('the benchmark loads no model')) };
const jobs = createJobs(rooms, models, { store: NO_JOBS, atOnce: 1, report: () => undefined });
const app = createApp({
  logger: pino({ level: 'error' }, pino.destination(2)),
  access: { allowedHosts: [] },
  rooms,
  jobs,
  models,
  runs: NO_RUNS,
  upload: { ...readConfig({}).upload, dir, fileBytesMax: FILE_BYTES_MAX },
  scoring: {
    models: { load: () => Promise.reject(new Error('The bench reads no model.')) },
    limits: readConfig({}).table,
    bodyBytesMax: 1,
  },
  wait: { defaultMs: TIMEOUT_MS, maxMs: TIMEOUT_MS },
  limits: [],
  metrics,
  readiness,
  version: '0.0.0',
});
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  request.on('end', () => (lastByteAt = performance.now()));
  app(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Notes the time, because the metrics are known when this function is called. */
async function accept(pipeline: PipelineState, run: TrackedRun, answer: unknown): Promise<Accepted> {
  const { accuracy_score, precision_score, recall_score, log_loss } = run.test;
  const model = pipeline.steps.at(-1)?.[1] as LogisticRegressionState;
  logged = {
    afterLastByteMs: performance.now() - lastByteAt,
    ...fitOf(model),
    metrics: {
      accuracy: accuracy_score,
      precision: precision_score,
      recall: recall_score,
      entropy: log_loss,
    },
  };
  const { experimentName, runName, registeredModelName } = run;
  const places = { runUrl: '', experimentId: '1', modelUri: '', modelVersion: '1', modelUrl: '' };
  const found = { runId: 'run', runName, registeredModelName, ...places };
  const nowMs = Date.now();
  delivered = {
    id: 'delivery',
    state: 'delivered',
    acceptedAtMs: nowMs,
    endedAtMs: nowMs,
    experimentName,
    runName,
    attempts: 1,
    logged: found,
    answer,
  };
  return { id: 'delivery', logged: Promise.resolve(found) };
}

function fitOf({ fitted }: LogisticRegressionState): Fit {
  return { nIter: fitted.nIter, coef: fitted.coef[0]!, intercept: fitted.intercept[0]! };
}

/** Reads a file from its path on this thread and the team's helpers. pandas chooses its number of threads too. */
function read(path: string, { memory, team }: Reader): Table {
  // pandas computes no digest either.
  const reading = new TableReading({ limits: LIMITS, digest: false, memory, threads: team });
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece)) {
      reading.push(piece.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
  return reading.end();
}

/** Helper threads, and the memory that they read to. */
interface Reader {
  readonly memory: SharedMemory;
  readonly team: Team;
  readonly helpers: Readers;
}

function startReader(): Reader {
  const helpers = new BuiltReaders({
    threads: HELPERS,
    read: READ,
    module: new URL(`file://${join(DIST, 'engine/local/threads/thread.js')}`),
    data: { budget: MemoryBudget.of(Number.POSITIVE_INFINITY).words },
  });
  const channels = Array.from({ length: HELPERS }, () => new MessageChannel());
  helpers.help(channels.map(({ port1 }) => port1));
  const memory = sharedMemory();
  return {
    helpers,
    memory,
    team: new BuiltTeam(
      memory,
      channels.map(({ port2 }) => port2),
    ),
  };
}

/** Kept between calls, because pandas also keeps its threads and its memory. */
let parser: Reader | undefined;

function parse({ path }: { path: string }): Parsing {
  parser ??= startReader();
  const startedAt = performance.now();
  const table = read(path, parser);
  const ms = performance.now() - startedAt;
  const sums = table.columns.map((_, index) =>
    readNumbers(table, index).reduce((sum, value) => sum + value, 0),
  );
  return { ms, rows: table.rows, sums };
}

/** Prepares the training rows of a file, and starts threads that help to fit them. */
async function prepared(path: string) {
  const reader = startReader();
  return { helpers: reader.helpers, ...(await prepare({ train: read(path, reader) }, PLAN, reader.team)) };
}

/** Loads the rows that `sweep` fits on. They are kept until `forget`. */
async function load({ path }: { path: string }): Promise<null> {
  sweepData = await prepared(path);
  return null;
}

function sweep({ Cs }: { Cs: readonly number[] }): Sweeping {
  const { dataset, train } = sweepData!;
  const startedAt = performance.now();
  const models = Cs.map((C) => ({ ...MODEL, C }));
  const fitted = models.flatMap((model) =>
    fitPipelines(dataset, train, { missing: 'error', models: [model] }),
  );
  const ms = performance.now() - startedAt;
  return { ms, fits: fitted.map(({ regression }) => fitOf(regression.toState())) };
}

let fittedForMeasures: ReturnType<typeof fitPipelines> | undefined;

/** Predicts and measures the loaded rows on one thread, with and without curves in turns. */
async function evaluate({
  rounds,
}: {
  rounds: number;
}): Promise<{ without: number[]; withCurves: number[] }> {
  const { dataset, train, test, positive } = sweepData!;
  fittedForMeasures ??= fitPipelines(dataset, train, { missing: 'error', models: [MODEL] });
  const [pipeline] = fittedForMeasures;
  const ms = { without: [] as number[], withCurves: [] as number[] };
  const helpers = new HelperTasks();
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of ['without', 'withCurves'] as const) {
      const before = process.cpuUsage();
      await measureBoth(pipeline!, { train, test, positive }, [], helpers, name === 'withCurves');
      const used = process.cpuUsage(before);
      // Round 0 warms up.
      if (round > 0) ms[name].push((used.user + used.system) / 1000);
    }
  }
  return ms;
}

/** SHA-256 of the indices of the test rows that the engine marks, in ascending order, 32 bits each. */
function testRows({ rows }: { rows: number }): { digest: string } {
  const target = { codes: new Uint8Array(rows) } as Target;
  const dataset = { target, dropped: undefined, rows, table: { rows } } as Dataset;
  const { marks } = markRows(dataset, PLAN.evaluation.holdout);
  const places = Uint32Array.from({ length: rows }, (_, row) => row).filter(
    (row) => marks[row] === MARKS.test,
  );
  return { digest: createHash('sha256').update(places).digest('hex') };
}

const commands: Readonly<Record<string, (details: never) => unknown>> = {
  url: () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
  logged: () => logged,
  parse,
  load,
  sweep,
  evaluate,
  testRows,
  forget: async () => {
    await Promise.all([sweepData?.helpers.close(), parser?.helpers.close()]);
    sweepData = undefined;
    fittedForMeasures = undefined;
    parser = undefined;
    return null;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...details } = JSON.parse(line) as { do: string };
  process.stdout.write(`${JSON.stringify(await commands[name]?.(details as never))}\n`);
}
server.closeAllConnections();
server.close();
await engine.close();
rmSync(dir, { recursive: true });

/** Imports a built module, with the types of its source. */
async function built<Module>(path: string): Promise<Module> {
  return (await import(join(DIST, path))) as Module;
}
