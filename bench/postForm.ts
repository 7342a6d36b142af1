import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';

export const CSV = join(import.meta.dirname, '../data/diabetes.csv');

export interface Sample {
  readonly totalMs: number;
  /** How long trainpost waited for MLflow, from its answer. */
  readonly logMs: number;
}

/** The form as curl sends it. It is encoded once, because the time to encode it is not the server's. */
const BOUNDARY = 'trainpost-bench';
const FORM = Buffer.concat([
  ...Object.entries({ tol: '1.0', iterations: '100', exp_name: 'Latency' }).map(([name, value]) =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  ),
  Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="train_file"; filename="diabetes.csv"\r\nContent-Type: text/csv\r\n\r\n`,
  ),
  readFileSync(CSV),
  Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
]);

/** Makes one `POST /train` of data/diabetes.csv. @throws Error if the answer does not have the expected accuracy */
export async function post(url: string): Promise<Sample> {
  const startedAt = performance.now();
  const response = await request(`${url}/train`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: FORM,
  });
  const answer = (await response.body.json()) as { accuracy: number; timing_ms?: { log: number | null } };
  const totalMs = performance.now() - startedAt;
  if (response.statusCode > 202 || answer.accuracy !== 0.79)
    throw new Error(`${url}: ${JSON.stringify(answer)}`);
  return { totalMs, logMs: answer.timing_ms?.log ?? Number.NaN };
}
