import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';

export const CSV = join(import.meta.dirname, '../data/diabetes.csv');

export interface Sample {
  readonly totalMs: number;
  /** How long trainpost waited for MLflow, from its answer. */
  readonly logMs: number;
}

const BOUNDARY = 'trainpost-bench';
const FIELDS = { tol: '1.0', iterations: '100', exp_name: 'Latency' };

/** The form as curl sends it. */
function formOf(fields: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat([
    ...Object.entries({ ...FIELDS, ...fields }).map(([name, value]) =>
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    ),
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="train_file"; filename="diabetes.csv"\r\nContent-Type: text/csv\r\n\r\n`,
    ),
    readFileSync(CSV),
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
}

/** Encoded forms: the time to encode a form is not the server's. */
const forms = new Map<string, Buffer>();

function encoded(fields: Readonly<Record<string, string>>): Buffer {
  const key = JSON.stringify(fields);
  const form = forms.get(key) ?? formOf(fields);
  forms.set(key, form);
  return form;
}

/** Makes one `POST /train` of data/diabetes.csv. @throws Error if the answer does not have the expected accuracy */
export async function post(url: string, fields: Readonly<Record<string, string>> = {}): Promise<Sample> {
  const body = encoded(fields);
  const startedAt = performance.now();
  const response = await request(`${url}/train`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body,
  });
  const answer = (await response.body.json()) as { accuracy: number; timing_ms?: { log: number | null } };
  const totalMs = performance.now() - startedAt;
  if (response.statusCode > 202 || answer.accuracy !== 0.79)
    throw new Error(`${url}: ${JSON.stringify(answer)}`);
  return { totalMs, logMs: answer.timing_ms?.log ?? Number.NaN };
}
