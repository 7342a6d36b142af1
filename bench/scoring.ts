import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { Pool } from 'undici';
import { startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { startProgram } from '../test/support/programs.ts';
import { ensureVenv, runPython } from '../test/support/python.ts';
import { scoringServer } from '../test/support/scoringServer.ts';
import { median, quantile, table } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const CSV = readFileSync(join(ROOT, 'data/diabetes.csv'));
const MODEL_URI = 'models:/bench/1';
const CONNECTIONS = 32;
/** `SCORING_SHARE=0.01` tries the part out with a hundredth of the requests and rows. */
const SHARE = Number(process.env['SCORING_SHARE'] ?? 1);
const ROUNDS = 3;
const REQUESTS = Math.ceil(2_000 * SHARE);
const ROWS = Math.ceil(1_000_000 * SHARE);
const WARM_UP = 100;

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
  const echo = createServer(
    express().post('/invocations', express.json(), (request, response) => void response.json(request.body)),
  );
  try {
    await train(trainpost.url);
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    await using theirs = await scoringServer('reference', mlflow.url, MODEL_URI);
    const contestants = [
      ['`mlflow models serve`', theirs.url],
      ['trainpost', trainpost.url],
      ['an Express echo', `http://127.0.0.1:${(echo.address() as AddressInfo).port}`],
    ] as const;
    const requests = await measureRequests(contestants);
    const files = await measureFiles(trainpost.url, mlflow.url, dir);
    return `${machine()}\n\n${requests}\n\n${files}\n`;
  } finally {
    echo.close();
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
  const times = contestants.map(() => ({ ms: [] as number[], perS: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [, url]] of contestants.entries()) {
      await play(url, 1, WARM_UP);
      times[at]!.ms.push(...(await play(url, 1, REQUESTS)).ms);
      times[at]!.perS.push((await play(url, CONNECTIONS, REQUESTS)).perS);
    }
  }
  const rows = contestants.map(([name], at) => {
    const { ms, perS } = times[at]!;
    return [name, median(ms).toFixed(2), quantile(ms, 0.95).toFixed(2), median(perS).toFixed(0)];
  });
  return table(['one row, JSON', 'p50 ms', 'p95 ms', `requests/s at ${CONNECTIONS} connections`], rows);
}

/** Sends the row `count` times over some connections. */
async function play(
  url: string,
  connections: number,
  count: number,
): Promise<{ ms: number[]; perS: number }> {
  const pool = new Pool(url, { connections });
  const ms: number[] = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/invocations',
        headers: { 'content-type': 'application/json' },
        body: BODY,
      });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(text);
      ms.push(performance.now() - sentAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { ms, perS: count / seconds };
}

/** A file of `ROWS` rows: posted to `/predict`, and read, predicted and written by pandas and scikit-learn. */
async function measureFiles(url: string, trackingUri: string, dir: string): Promise<string> {
  const path = join(dir, 'rows.csv');
  const [header, ...lines] = CSV.toString().trimEnd().split('\n');
  writeFileSync(
    path,
    `${header}\n${Array.from({ length: ROWS }, (_, row) => lines[row % lines.length]).join('\n')}\n`,
  );
  const bytes = readFileSync(path);
  const ours: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv' },
      body: new Uint8Array(bytes),
    });
    const { length } = await response.arrayBuffer().then((buffer) => new Uint8Array(buffer));
    if (response.status !== 200 || length < bytes.length) throw new Error('The prediction failed.');
    ours.push((performance.now() - startedAt) / 1000);
  }
  const input = { trackingUri, modelUri: MODEL_URI, path, rounds: ROUNDS };
  const theirs = (await runPython(
    'reference',
    join(ROOT, 'bench/original/predict_file.py'),
    input,
  )) as number[];
  const rows = [
    ['pandas `read_csv`, `predict_proba`, `to_csv`', median(theirs).toFixed(2)],
    ['trainpost `POST /predict`', median(ours).toFixed(2)],
    ['ratio', (median(theirs) / median(ours)).toFixed(1)],
  ];
  return table([`${ROWS} rows of data/diabetes.csv`, 'median s'], rows);
}

function machine(): string {
  return `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), in turns:`;
}
