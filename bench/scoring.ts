import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { type Program, startProgram } from '../test/support/programs.ts';
import { ensureVenv, runPython } from '../test/support/python.ts';
import { scoringServer } from '../test/support/scoringServer.ts';
import { measureColdModels } from './coldModels.ts';
import { play } from './httpClient.ts';
import { median, table } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const CSV = readFileSync(join(ROOT, 'data/diabetes.csv'));
const MODEL_URI = 'models:/bench/1';
/** The place of trainpost among the contestants for requests. */
const OURS = 1;
const CONNECTIONS = 32;
/** `SCORING_SHARE=0.01` tries the part out with a hundredth of the time and rows. */
const SHARE = Number(process.env['SCORING_SHARE'] ?? 1);
const ROUNDS = 5;
const SECONDS = 4 * SHARE;
const ROWS = Math.ceil(1_000_000 * SHARE);

/** One row of data/diabetes.csv. */
const ROW = {
  Pregnancies: 6,
  Glucose: 148,
  BloodPressure: 72,
  SkinThickness: 35,
  Insulin: 0,
  BMI: 33.6,
  DiabetesPedigreeFunction: 0.627,
  Age: 50,
};
const BODY = JSON.stringify({ dataframe_records: [ROW] });

/** Predictions of one model: trainpost, `mlflow models serve`, and an Express app that only echoes the body. */
export async function scoring(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const python = await ensureVenv('reference');
  const mlflow = await startMlflowServer({ python, dir, port: await unusedPort(), log: () => undefined });
  const trainpost = await startProgram(
    process.execPath,
    () => [join(ROOT, 'dist/server.js')],
    (port) => ({
      PORT: String(port),
      MLFLOW_TRACKING_URI: mlflow.url,
      TEMP_DIR: join(dir, 'temp'),
      LOG_LEVEL: 'silent',
      MODEL_URI,
    }),
  );
  const echo = await startProgram(
    process.execPath,
    () => ['--import', 'tsx', join(ROOT, 'bench/echo.ts')],
    (port) => ({ PORT: String(port) }),
  );
  try {
    await train(trainpost.url);
    await using theirs = await scoringServer('reference', mlflow.url, MODEL_URI);
    const contestants = [
      ['`mlflow models serve`', theirs.url],
      ['trainpost', trainpost.url],
      ['an Express echo', echo.url],
    ] as const;
    const requests = await measureRequests(contestants);
    const files = await measureFiles(trainpost, mlflow.url, dir);
    const cold = await measureColdModels(mlflow.url, MODEL_URI, BODY);
    return `${machine()}\n\n${requests}\n\n${files}\n\n${cold}\n`;
  } finally {
    await echo.stop();
    await trainpost.stop();
    await mlflow.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function train(url: string): Promise<void> {
  const form = new FormData();
  form.set('train_file', new Blob([new Uint8Array(CSV)]), 'diabetes.csv');
  form.set('registered_model', 'bench');
  const response = await fetch(`${url}/train`, { method: 'POST', body: form });
  if (response.status !== 200) throw new Error(`The training failed: ${await response.text()}`);
}

async function measureRequests(contestants: readonly (readonly [string, string])[]): Promise<string> {
  const times = contestants.map(() => ({ p50: [] as number[], perS: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, url]] of contestants.entries()) {
      await play(url, BODY, CONNECTIONS, SECONDS / 2);
      times[at]!.p50.push(median((await play(url, BODY, 1, SECONDS)).ms));
      times[at]!.perS.push((await play(url, BODY, CONNECTIONS, SECONDS)).perS);
    }
  }
  const ours = times[OURS]!;
  const rows = contestants.map(([name], at) => {
    const { p50, perS } = times[at]!;
    const faster = ratios(p50, ours.p50);
    const more = ratios(ours.perS, perS);
    return [name, median(p50).toFixed(2), faster, median(perS).toFixed(0), more];
  });
  const head = [
    'p50 ms',
    'trainpost is faster',
    `requests/s at ${CONNECTIONS} connections`,
    'trainpost has more',
  ];
  return table(['one row, JSON', ...head], rows);
}

/** The median of the ratios of the rounds, whose measurements follow each other. */
function ratios(numerators: readonly number[], denominators: readonly number[]): string {
  return `${median(numerators.map((value, round) => value / denominators[round]!)).toFixed(1)} x`;
}

/** A file of `ROWS` rows: posted to `/predict`, and read, predicted and written by pandas and scikit-learn. */
async function measureFiles(program: Program, trackingUri: string, dir: string): Promise<string> {
  const path = join(dir, 'rows.csv');
  const [header, ...lines] = CSV.toString().trimEnd().split('\n');
  writeFileSync(
    path,
    `${header}\n${Array.from({ length: ROWS }, (_, row) => lines[row % lines.length]).join('\n')}\n`,
  );
  const bytes = readFileSync(path);
  const ours: Seconds[] = [];
  const theirs: Seconds[] = [];
  const input = { trackingUri, modelUri: MODEL_URI, path, rounds: 2 };
  const python = join(ROOT, 'bench/original/predict_file.py');
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuSeconds(program);
    const wall = await postFile(program.url, bytes);
    ours.push([wall, cpuSeconds(program) - before]);
    // The first round of a Python process is slower.
    theirs.push(((await runPython('reference', python, input)) as Seconds[])[1]!);
  }
  const medians = (all: readonly Seconds[]) => [0, 1].map((at) => median(all.map((one) => one[at]!)));
  const [ofOurs, ofTheirs] = [medians(ours), medians(theirs)];
  const rows = [
    ['pandas `read_csv`, `predict_proba`, `to_csv`', ...ofTheirs.map((seconds) => seconds.toFixed(2))],
    ['trainpost `POST /predict`', ...ofOurs.map((seconds) => seconds.toFixed(2))],
    ['ratio', ...ofTheirs.map((seconds, at) => `${(seconds / ofOurs[at]!).toFixed(1)} x`)],
  ];
  return table([`${ROWS} rows of data/diabetes.csv`, 'median s', 'of the processor'], rows);
}

/** Seconds that have passed, and seconds of the processor. */
type Seconds = readonly [wall: number, cpu: number];

/** Ticks of Linux's clock for processes. */
const TICKS_A_SECOND = 100;

/** Seconds of the processor that all threads of a program have used. */
function cpuSeconds({ child: { pid } }: Program): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Returns the seconds until the last byte of the answer has arrived. `fetch` would take longer than trainpost does. */
async function postFile(url: string, bytes: Uint8Array): Promise<number> {
  const startedAt = performance.now();
  const headers = { 'Content-Type': 'text/csv', 'Content-Length': bytes.length };
  const request = httpRequest(`${url}/predict`, { method: 'POST', headers }).end(bytes);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let length = 0;
  response.on('data', (chunk: Buffer) => {
    length += chunk.length;
  });
  await once(response, 'end');
  if (response.statusCode !== 200 || length < bytes.length) throw new Error('The prediction failed.');
  return (performance.now() - startedAt) / 1000;
}

function machine(): string {
  return `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), in turns:`;
}
