import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/logger.ts';
import { type Service, startService } from '../../src/service.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { THREAD } from '../support/service.ts';
import { trainForm } from '../support/trainForm.ts';

const mlflow = await mlflowServers();
const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
/** Settings of every kind: text with commas, truth values, and a threshold. */
const SETTINGS = {
  tol: '0.1,3',
  iterations: '50',
  solver: 'newton-cholesky',
  class_weight: 'balanced',
  ignore: 'BMI,Age',
  stratify: 'true',
  random_state: '7',
  threshold: 'min(5*fn + fp)',
  metrics: 'cost = max(5*fn, fp)',
};

interface Answer {
  readonly code?: string;
  readonly run: { readonly id: string };
  readonly metrics: object;
  readonly reproduces: { readonly run_id: string; readonly identical: boolean };
}

describe.skipIf(mlflow === null).each(['mlflow3', 'mlflow2'] as const)('runs of %s', (server) => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-reproduce-'));
  const experiment = `reproduce-${process.pid}`;
  let service: Service;

  beforeAll(async () => {
    const config = readConfig({
      PORT: '0',
      MLFLOW_TRACKING_URI: mlflow?.[server] ?? '',
      SPOOL_DIR: join(dir, 'spool'),
      TEMP_DIR: join(dir, 'temp'),
    });
    service = await startService(config, createLogger('silent'), THREAD);
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(dir, { recursive: true });
  });

  async function train(fields: Readonly<Record<string, string>>, file = DIABETES, status = 200) {
    const { contentType, body } = trainForm({ exp_name: experiment, ...fields }, file);
    const response = await fetch(`${service.url}/train`, {
      method: 'POST',
      headers: { 'content-type': contentType, Prefer: 'wait=60' },
      body: Uint8Array.from(body),
    });
    const answer = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(status);
    return answer as Answer;
  }
  const api = async <Body>(path: string, body?: object): Promise<Body> => {
    const response = await fetch(`${mlflow?.[server]}/api/2.0/mlflow/${path}`, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    return (await response.json()) as Body;
  };
  const tagsOf = async (runId: string) => {
    type Run = { run: { data: { tags: { key: string; value: string }[] } } };
    const { run } = await api<Run>(`runs/get?run_id=${runId}`);
    return Object.fromEntries(run.data.tags.map(({ key, value }) => [key, value]));
  };

  it('are reproduced bit for bit, and again from the reproduction', async () => {
    const first = await train(SETTINGS);
    const second = await train({ reproduce: first.run.id });
    const identical = {
      data: 'same',
      coefficients: { identical: true, largest_difference: 0 },
      metrics: { identical: true, differences: {} },
      identical: true,
    };
    expect(second.reproduces).toEqual({ run_id: first.run.id, ...identical });
    expect(second.metrics).toEqual(first.metrics);
    expect(await tagsOf(second.run.id)).toMatchObject({ 'trainpost.reproduces': first.run.id });
    const third = await train({ reproduce: second.run.id });
    expect(third.reproduces).toEqual({ run_id: second.run.id, ...identical });
  });

  it('differ with another file', async () => {
    const { run } = await train({});
    const shorter = Buffer.from(`${String(DIABETES).trimEnd().split('\n').slice(0, -9).join('\n')}\n`);
    expect((await train({ reproduce: run.id }, shorter)).reproduces).toMatchObject({
      data: 'different',
      coefficients: { identical: false, largest_difference: expect.any(Number) },
      metrics: { identical: false },
      identical: false,
    });
  });

  it('must exist, and be trainings of trainpost', async () => {
    const none = await train({ reproduce: '0'.repeat(32) }, DIABETES, 422);
    expect(none.code).toBe('run_not_found');
    const created = { experiment_id: '0', run_name: 'foreign', start_time: 1 };
    const { run } = await api<{ run: { info: { run_id: string } } }>('runs/create', created);
    const foreign = await train({ reproduce: run.info.run_id }, DIABETES, 422);
    expect(foreign.code).toBe('foreign_run');
    await api('runs/delete', { run_id: run.info.run_id });
    const deleted = await train({ reproduce: run.info.run_id }, DIABETES, 422);
    expect(deleted.code).toBe('run_not_found');
  });
});
