import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Floor } from './floor.ts';
import { floorRecord } from './floorRecord.ts';
import { CSV, post, type Sample } from './postForm.ts';
import { withServices } from './services.ts';
import { median, quantile, table } from './statistics.ts';

/** Each round posts once to the original. It then posts `REPEATS` times to trainpost and to the floor, in turns. */
const ROUNDS = 7;
const REPEATS = 10;
const WARM_UP = 15;

/** Times one `POST /train` of data/diabetes.csv: the original, trainpost, and the bare MLflow calls, in turns. */
export async function latency(): Promise<string> {
  return await withServices(async ({ original, trainpost, mlflow }) =>
    report(await measure(original, trainpost, mlflow.url), mlflow.version),
  );
}

async function measure(original: string, trainpost: string, mlflow: string) {
  const floor = new Floor(mlflow);
  const experimentId = await floor.experiment('Latency');
  const recorded = await floorRecord(readFileSync(CSV), {}, 'Latency');
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
