import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCsv } from '../src/engine/local/fit/run.ts';
import { startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { recordTree } from '../src/tracking/record.ts';
import { modelFilesOf, type RecordedTree } from '../src/tracking/tree.ts';
import { describeRun } from '../src/training/describeRun.ts';
import { DEFAULT_FIELDS } from '../src/training/fields/parse.ts';
import { planOf } from '../src/training/fields/use.ts';
import { chosenOf } from '../src/values/result.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { type Program, startProgram } from '../test/support/programs.ts';
import { ensureVenv } from '../test/support/python.ts';
import { Floor } from './floor.ts';
import { CSV, post, type Sample } from './postForm.ts';
import { median, quantile, table } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
/** Each round posts once to the original. It then posts `REPEATS` times to trainpost and to the floor, in turns. */
const ROUNDS = 7;
const REPEATS = 10;
const WARM_UP = 15;

/** Times one `POST /train` of data/diabetes.csv: the original, trainpost, and the bare MLflow calls, in turns. */
export async function latency(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const python = await ensureVenv('reference');
  const mlflow = await startMlflowServer({ python, dir, port: await unusedPort(), log: () => undefined });
  const env = { MLFLOW_TRACKING_URI: mlflow.url, TEMP_DIR: join(dir, 'temp'), LOG_LEVEL: 'silent' };
  const programs: Program[] = [];
  try {
    const original = await startProgram(
      python,
      (port) => [join(ROOT, 'bench/original/app.py'), String(port)],
      () => ({ ...env, MLFLOW_DISABLE_TELEMETRY: 'true' }),
    );
    programs.push(original);
    const trainpost = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({ ...env, PORT: String(port) }),
    );
    programs.push(trainpost);
    return report(await measure(original.url, trainpost.url, mlflow.url), mlflow.version);
  } finally {
    for (const program of programs) await program.stop();
    await mlflow.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(original: string, trainpost: string, mlflow: string) {
  const floor = new Floor(mlflow);
  const experimentId = await floor.experiment('Latency');
  const recorded = await aRecord();
  let serial = 0;
  const playFloor = async () => {
    const startedAt = performance.now();
    serial += 1;
    await floor.run(experimentId, recorded.tree, recorded.files, `floor-${serial}-${Date.now()}`);
    return performance.now() - startedAt;
  };
  for (let index = 0; index < WARM_UP; index += 1) {
    await post(trainpost);
    await playFloor();
  }
  await post(original);
  const samples = { original: [] as number[], trainpost: [] as Sample[], floor: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    samples.original.push((await post(original)).totalMs);
    for (let index = 0; index < REPEATS; index += 1) {
      samples.trainpost.push(await post(trainpost));
      samples.floor.push(await playFloor());
    }
  }
  await floor.close();
  return samples;
}

/** The record that trainpost would send for this file, so that the floor sends as much. A filler stands for `MLmodel`. */
async function aRecord(): Promise<RecordedTree> {
  const plan = await planOf(DEFAULT_FIELDS, 1);
  const result = await runCsv(readFileSync(CSV), plan);
  const run = describeRun({
    fields: DEFAULT_FIELDS,
    names: {
      experimentName: 'Latency',
      runName: 'floor',
      modelName: 'diabetes-model',
      registeredModelName: 'floor',
    },
    fileName: 'diabetes.csv',
    receivedAt: new Date(),
    plan,
    result,
  });
  const recorded = recordTree(chosenOf(result).pipeline, run, {});
  const filler = { path: 'MLmodel', bytes: Buffer.alloc(1500, ' ') };
  const { tree } = recorded;
  return { tree, files: [...modelFilesOf(recorded, tree.nodes[0]), filler] };
}

function report(samples: Awaited<ReturnType<typeof measure>>, mlflowVersion: string): string {
  const total = samples.trainpost.map(({ totalMs }) => totalMs);
  const own = samples.trainpost.map(({ totalMs, logMs }) => totalMs - logMs);
  const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0);
  const row = (name: string, values: readonly number[]) => [
    name,
    ms(median(values)),
    ms(quantile(values, 0.95)),
    String(values.length),
  ];
  return [
    `data/diabetes.csv (768 x 9), Node ${process.versions.node}, MLflow ${mlflowVersion} (1 worker, SQLite), ${cpus().length} cores (${cpus()[0]?.model}), in turns:`,
    '',
    table(
      ['`POST /train`', 'median ms', 'p95 ms', 'n'],
      [
        row('the original (Flask, scikit-learn, `mlflow.sklearn.log_model`)', samples.original),
        row('trainpost', total),
        row("trainpost's own part (all but its wait for MLflow)", own),
        row('the floor: the bare sequence of MLflow calls', samples.floor),
      ],
    ),
    '',
    `trainpost / floor: **${(median(total) / median(samples.floor)).toFixed(2)}**; the original / trainpost: **${(median(samples.original) / median(total)).toFixed(0)}**`,
  ].join('\n');
}
