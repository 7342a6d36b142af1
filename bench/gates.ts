import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { startProgram } from '../test/support/programs.ts';
import { ensureVenv } from '../test/support/python.ts';
import { CSV } from './postForm.ts';
import { median, quantile, table } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const FILE = new Uint8Array(readFileSync(CSV));
const WARM_UP = 30;
const REPEATS = Number(process.env['GATES_REPEATS'] ?? 100);

const NAMES = { registered_model: 'bench', alias: 'champion' };
/** The last gate fails, so that the alias stays, and each training compares with the same champion. */
const GATES = ['accuracy > 0.7', 'low(roc_auc) > 0.7', 'not worse(f1)', 'delta(log_loss) < -1'];

interface Answer {
  readonly accuracy?: number;
  readonly timing_ms?: { readonly log: number | null };
}

/**
 * Times trainings of data/diabetes.csv with gates and without, in turns, from the first byte until the training is accepted.
 * The gates compare with a champion whose model is loaded. MLflow is asked for the alias each time.
 */
export async function gates(): Promise<string> {
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
    }),
  );
  try {
    // The champion has another C than the trainings that it is compared with.
    await post(trainpost.url, { ...NAMES, C: '0.1' });
    const [plain, gated, alias]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < WARM_UP + REPEATS; round++) {
      plain.push(await post(trainpost.url, { registered_model: 'plain' }));
      gated.push(await post(trainpost.url, NAMES, GATES));
      alias.push(await askAlias(mlflow.url));
    }
    return report(plain.slice(WARM_UP), gated.slice(WARM_UP), alias.slice(WARM_UP));
  } finally {
    await trainpost.stop();
    await mlflow.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds until a training is accepted: all but the time in which it waits for MLflow to take the run. */
async function post(
  url: string,
  fields: Readonly<Record<string, string>>,
  gates: readonly string[] = [],
): Promise<number> {
  const form = new FormData();
  form.set('train_file', new Blob([FILE]), 'diabetes.csv');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const gate of gates) form.append('gate', gate);
  const body = new Response(form);
  const bytes = await body.arrayBuffer();
  const sentAt = performance.now();
  const response = await fetch(`${url}/train`, {
    method: 'POST',
    body: bytes,
    headers: { 'content-type': body.headers.get('content-type')! },
  });
  const text = await response.text();
  const totalMs = performance.now() - sentAt;
  const { accuracy, timing_ms: timing } = JSON.parse(text) as Answer;
  const expected = gates.length === 0 ? 200 : 422;
  if (response.status !== expected || accuracy === undefined) throw new Error(text);
  return totalMs - (timing?.log ?? 0);
}

async function askAlias(url: string): Promise<number> {
  const { registered_model: name, alias } = NAMES;
  const sentAt = performance.now();
  const query = new URLSearchParams({ name, alias });
  await (await fetch(`${url}/api/2.0/mlflow/registered-models/alias?${query}`)).text();
  return performance.now() - sentAt;
}

function report(plain: readonly number[], gated: readonly number[], alias: readonly number[]): string {
  const ms = (value: number) => value.toFixed(1);
  const more = gated.map((value, index) => value - plain[index]!);
  const rows = [
    ['without gates', plain],
    ['four gates, compared with a champion', gated],
    ['the same, more', more],
    ['MLflow, asked for the alias alone', alias],
  ] as const;
  return [
    `data/diabetes.csv (768 x 9), Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}), in turns:`,
    '',
    table(
      ['`POST /train` until it is accepted', 'median ms', 'least ms', 'p95 ms', 'n'],
      rows.map(([name, values]) => [
        name,
        ms(median(values)),
        ms(Math.min(...values)),
        ms(quantile(values, 0.95)),
        String(values.length),
      ]),
    ),
  ].join('\n');
}
