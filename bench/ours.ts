import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import type { LogisticRegressionState, PipelineState } from '../src/ml/state.ts';
import type { LoggedRun, TrackedRun } from '../src/result.ts';
import type { Fit, Parsing, Sweeping, Training } from './training.ts';

/**
 * trainpost as the bench measures it: a process of its own that has what `npm run build` made, the whole service but
 * for MLflow. It answers commands as JSON lines, as bench/original/worker.py does.
 */
const [DIST = ''] = process.argv.slice(2);

const { parseCsv } = await built<typeof import('../src/data/csv.ts')>('data/csv.js');
const { toDataset } = await built<typeof import('../src/data/dataset.ts')>('data/dataset.js');
const { trainTestSplit } = await built<typeof import('../src/data/split.ts')>('data/split.js');
const { takePart } = await built<typeof import('../src/engine/parts.ts')>('engine/parts.js');
const { TrainingPool } = await built<typeof import('../src/engine/pool.ts')>('engine/pool.js');
const { createApp } = await built<typeof import('../src/http/app.ts')>('http/app.js');
const { LogisticRegression } =
  await built<typeof import('../src/ml/logisticRegression.ts')>('ml/logisticRegression.js');
const { MinMaxScaler } = await built<typeof import('../src/ml/minMaxScaler.ts')>('ml/minMaxScaler.js');
const { UnderWay } = await built<typeof import('../src/training/underWay.ts')>('training/underWay.js');

/** Far above any file of the bench. */
const FILE_BYTES_MAX = 4e9;
const TIMEOUT_MS = 600_000;
/** The original's. */
const SPLIT = { testSize: 0.3, randomState: 123 };

type Logged = Omit<Training, 'stages' | 'rows'> & { afterLastByteMs: number };
let lastByteAt = 0;
let logged: Logged | undefined;
let sweepData: ReturnType<typeof scaled> | undefined;

const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
const pool = new TrainingPool({
  threads: 1,
  waitingMax: 1,
  timeoutMs: TIMEOUT_MS,
  fit: { unfoldedBytesMax: FILE_BYTES_MAX },
});
await pool.warmUp();
const app = createApp({
  logger: pino({ level: 'error' }, pino.destination(2)),
  rooms: {
    fit: (path, spec) => pool.fit(path, spec),
    modelLog: () => ({ logModel }),
    underWay: new UnderWay(),
  },
  upload: { dir, fileBytesMax: FILE_BYTES_MAX },
});
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  request.on('end', () => (lastByteAt = performance.now()));
  app(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Stands where MLflow's client stands and logs nothing: with its call the metrics are known. */
async function logModel(pipeline: PipelineState, run: TrackedRun): Promise<LoggedRun> {
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
  return {
    runId: 'run',
    runName: run.runName,
    runUrl: '',
    experimentId: '1',
    modelUri: '',
    registeredModelName: run.registeredModelName,
    modelVersion: '1',
    modelUrl: '',
  };
}

function fitOf({ fitted }: LogisticRegressionState): Fit {
  return { nIter: fitted.nIter, coef: fitted.coef[0]!, intercept: fitted.intercept[0]! };
}

function read(path: string) {
  return toDataset(parseCsv(readFileSync(path)), { ignore: [] });
}

/** Reads a file into columns, from its path as pandas does. */
function parse({ path }: { path: string }): Parsing {
  const startedAt = performance.now();
  const { X, y, rows } = read(path);
  const ms = performance.now() - startedAt;
  const columns = [...X.columns, y.labels as Float64Array];
  return { ms, rows, sums: columns.map((column) => column.reduce((sum, value) => sum + value, 0)) };
}

function scaled(path: string) {
  const dataset = read(path);
  const { X, y } = takePart(dataset, trainTestSplit(dataset.rows, SPLIT).train);
  return { X: new MinMaxScaler().fit(X).transform(X), y };
}

/** What `sweep` fits on, kept until `forget`. */
function load({ path }: { path: string }): null {
  sweepData = scaled(path);
  return null;
}

function sweep({ Cs }: { Cs: readonly number[] }): Sweeping {
  const { X, y } = sweepData!;
  const startedAt = performance.now();
  const models = Cs.map((C) => new LogisticRegression({ C }).fit(X, y));
  const ms = performance.now() - startedAt;
  return { ms, fits: models.map((model) => fitOf(model.toState())) };
}

/** SHA-256 of the test rows' numbers in ascending order, 32 bits each. */
function testRows({ rows }: { rows: number }): { digest: string } {
  const { test } = trainTestSplit(rows, SPLIT);
  return { digest: createHash('sha256').update(Uint32Array.from(test).sort()).digest('hex') };
}

const commands: Readonly<Record<string, (details: never) => unknown>> = {
  url: () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
  logged: () => logged,
  parse,
  load,
  sweep,
  testRows,
  forget: () => {
    sweepData = undefined;
    return null;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...details } = JSON.parse(line) as { do: string };
  process.stdout.write(`${JSON.stringify(commands[name]?.(details as never))}\n`);
}
server.closeAllConnections();
server.close();
await pool.close();
rmSync(dir, { recursive: true });

/** A built module, with the types of its source. */
async function built<Module>(path: string): Promise<Module> {
  return (await import(join(DIST, path))) as Module;
}
