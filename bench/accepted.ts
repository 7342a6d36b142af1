import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMlflowServer } from '../src/launcher/mlflowServer.ts';
import { unusedPort } from '../test/support/mlflowServer.ts';
import { ensureVenv } from '../test/support/python.ts';
import { startOriginalService } from './contestants.ts';
import { CSV, post } from './postForm.ts';
import { NOWHERE, startAccepting } from './services.ts';
import { median, quantile, table } from './statistics.ts';
import { upload } from './uploadFile.ts';

const WARM_UP = 30;
const REPEATS = 200;

/**
 * Times one `POST /train` of data/diabetes.csv that does not wait for MLflow, until the training is on disk. The original
 * computes the same without MLflow, and keeps nothing. Its time shows how fast the machine is.
 */
export async function accepted(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const python = await ensureVenv('reference');
  const mlflow = await startMlflowServer({ python, dir, port: await unusedPort(), log: () => undefined });
  const original = await startOriginalService();
  try {
    const computed: number[] = [];
    const between = async () => void computed.push((await upload(original.url, CSV)).wholeMs);
    const away = await measure(NOWHERE, join(dir, 'away'), between);
    const taking = await measure(mlflow.url, join(dir, 'taking'));
    return report([
      ['the original without MLflow, in turns with the next row', computed.slice(WARM_UP)],
      ['trainpost, MLflow is away', away],
      [`trainpost, MLflow ${mlflow.version} takes runs meanwhile`, taking],
    ]);
  } finally {
    await original.stop();
    await mlflow.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Posts trainings one after the other. @param between is done before each training */
async function measure(
  uri: string,
  dir: string,
  between: () => Promise<void> = async () => undefined,
): Promise<number[]> {
  return await startAccepting(
    async (url) => {
      const samples: number[] = [];
      for (let index = 0; index < WARM_UP + REPEATS; index += 1) {
        await between();
        samples.push((await post(url)).totalMs);
      }
      return samples.slice(WARM_UP);
    },
    { uri, dir },
  );
}

function report(rows: readonly (readonly [string, readonly number[]])[]): string {
  const ms = (value: number) => value.toFixed(1);
  return [
    `data/diabetes.csv (768 x 9), Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}), MLFLOW_WAIT_MS=0, one after the other:`,
    '',
    table(
      ['`POST /train` until it is accepted', 'median ms', 'p95 ms', 'n'],
      rows.map(([name, values]) => [
        name,
        ms(median(values)),
        ms(quantile(values, 0.95)),
        String(values.length),
      ]),
    ),
  ].join('\n');
}
