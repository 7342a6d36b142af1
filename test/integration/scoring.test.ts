import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request as send } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BOOLEAN_ROW,
  booleanCsv,
  makeBooleanRequests,
  makeRequests,
  ROW,
  type ScoringRequest,
  trainingCsv,
} from '../fixtures/scoring/make_requests.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { runPython } from '../support/python.ts';
import { type ScoringServer, scoringServer } from '../support/scoringServer.ts';

const ROOT = join(import.meta.dirname, '../..');
const mlflow = await mlflowServers();

// biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
type Json = any;

async function post(url: string, { type, body }: ScoringRequest): Promise<{ status: number; body: Json }> {
  const headers = type === undefined ? {} : { 'content-type': type };
  const { statusCode, body: answer } = await send(`${url}/invocations`, { method: 'POST', headers, body });
  const text = await answer.text();
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = text;
  }
  return { status: statusCode, body: parsed };
}

describe.skipIf(mlflow === null).each([
  { of: 'numbers and texts', requests: makeRequests(), csv: trainingCsv(), row: ROW, least: 150 },
  { of: 'truth values', requests: makeBooleanRequests(), csv: booleanCsv(), row: BOOLEAN_ROW, least: 30 },
])('POST /invocations beside mlflow models serve: $of', ({ of, requests, csv, row, least }) => {
  const NAME = `scoring-${of}-${process.pid}`.replaceAll(' ', '-');
  const fields = {
    target: 'y',
    missing: of === 'truth values' ? 'error' : 'mean',
    registered_model: NAME,
    exp_name: NAME,
  };
  const temp = mkdtempSync(join(tmpdir(), 'trainpost-scoring-'));
  let service: Program;
  let theirs: ScoringServer;

  beforeAll(async () => {
    service = await startProgram(
      process.execPath,
      () => [join(ROOT, 'dist/server.js')],
      (port) => ({
        PORT: String(port),
        MLFLOW_TRACKING_URI: mlflow!.mlflow3,
        TEMP_DIR: join(temp, 'temp'),
        SPOOL_DIR: join(temp, 'spool'),
        MODEL_URI: `models:/${NAME}/1`,
      }),
    );
    const form = new FormData();
    form.set('train_file', new Blob([csv]), 'people.csv');
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    const trained = await fetch(`${service.url}/train`, { method: 'POST', body: form });
    expect([trained.status, await trained.text()]).toMatchObject([200, expect.anything()]);
    theirs = await scoringServer('reference', mlflow!.mlflow3, `models:/${NAME}/1`);
  });
  afterAll(async () => {
    await theirs?.[Symbol.asyncDispose]();
    await service?.stop();
    rmSync(temp, { recursive: true });
  });

  it('has enough requests, and names each once', () => {
    expect(requests.length).toBeGreaterThanOrEqual(least);
    expect(new Set(requests.map(({ name }) => name)).size).toBe(requests.length);
  });

  it.each(requests.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const [ours, other] = await Promise.all([post(service.url, one), post(theirs.url, one)]);
    const { differs } = one;
    const expected = differs === undefined ? [other.status, other.status] : [differs.ours, differs.theirs];
    expect([ours.status, other.status], JSON.stringify([ours.body, other.body]).slice(0, 600)).toEqual(
      expected,
    );
    if (ours.status === 200 && other.status === 200) {
      if (differs === undefined) expect(ours.body).toEqual(other.body);
      else expect(ours.body).not.toEqual(other.body);
    }
    if (ours.status === 400 && other.status === 400) {
      expect(Object.keys(ours.body)).toEqual(
        expect.arrayContaining(['error_code', 'message', 'code', 'detail']),
      );
    }
  });

  it("answers MLflow's own client, and one as mlflow deployments has it", async () => {
    const ports = [service.url, theirs.url].map((url) => Number(new URL(url).port));
    const answers = (await runPython('reference', 'scoring_clients.py', { ports, row })) as unknown[][][];
    for (const [client, rows] of answers[0]!.entries()) expect(rows, `client ${client}`).toHaveLength(2);
    expect(answers[0]).toEqual(answers[1]);
  });
});
