import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../test/support/programs.ts';
import { median, table } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const PROCESSES = 5;
/** Within this time a process has warmed up. */
const WARM_UP_MS = 3_000;

/** The first prediction of a process that has not loaded the model, in total and without the time of its calls to MLflow. */
export async function measureColdModels(mlflowUrl: string, modelUri: string, body: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-bench-'));
  const mlflow = await timedProxy(mlflowUrl);
  const totals: number[] = [];
  const own: number[] = [];
  try {
    for (let at = 0; at < PROCESSES; at++) {
      const program = await startProgram(
        process.execPath,
        () => [join(ROOT, 'dist/server.js')],
        (port) => ({
          PORT: String(port),
          MLFLOW_TRACKING_URI: mlflow.url,
          TEMP_DIR: join(dir, 'temp'),
          LOG_LEVEL: 'silent',
          MODEL_URI: modelUri,
        }),
      );
      await sleep(WARM_UP_MS);
      const before = mlflow.ms();
      const startedAt = performance.now();
      const headers = { 'Content-Type': 'application/json' };
      const response = await fetch(`${program.url}/invocations`, { method: 'POST', headers, body });
      await response.text();
      const total = performance.now() - startedAt;
      if (response.status !== 200) throw new Error(`The prediction failed with ${response.status}.`);
      totals.push(total);
      own.push(total - (mlflow.ms() - before));
      await program.stop();
    }
  } finally {
    mlflow.close();
    rmSync(dir, { recursive: true, force: true });
  }
  const row = [median(totals).toFixed(1), median(own).toFixed(1)];
  return table(['', 'median ms', "without MLflow's time"], [['first prediction of a process', ...row]]);
}

/** Passes requests on to MLflow, and adds up the time until MLflow has answered. */
async function timedProxy(url: string): Promise<{ url: string; ms(): number; close(): void }> {
  let ms = 0;
  const { hostname, port } = new URL(url);
  const server = createServer((request, response) => {
    const startedAt = performance.now();
    const { method, headers, url: path } = request;
    const passedOn = send({ hostname, port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.once('end', () => {
        ms += performance.now() - startedAt;
      });
    });
    request.pipe(passedOn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    ms: () => ms,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
