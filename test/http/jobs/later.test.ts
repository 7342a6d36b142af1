import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobAnswer } from '../../../src/http/jobs/jobAnswer.ts';
import { openJobFolders } from '../../support/jobStore.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const PATIENCE = { timeout: 30_000 };

let jobsDir: string;
let service: TestService;
beforeAll(async () => {
  jobsDir = mkdtempSync(join(tmpdir(), 'trainpost-later-'));
  service = await startTestService({ jobsDir, sweepMax: 200 });
});
afterAll(async () => {
  await service.close();
  rmSync(jobsDir, { recursive: true });
});
beforeEach(() => service.desk.reset());

const post = (from = service) =>
  request(from.server).post('/train').set('Prefer', 'respond-async').attach('train_file', DIABETES);
const jobOf = async (id: string, from = service) =>
  (await request(from.server).get(`/jobs/${id}`).expect(200)).body as JobAnswer;
const stateOf = async (id: string) => (await jobOf(id)).state;
const folders = () => readdirSync(join(jobsDir, 'jobs'));
/** A sweep that takes seconds. */
const long = () =>
  post()
    .field('tol', Array.from({ length: 200 }, (_, index) => String(1.3 ** index)).join(','))
    .field('cv', '20')
    .field('solver_tol', '1e-12');

describe('respond-async', () => {
  it('answers with the job before the training, and then trains as ever', async () => {
    const { body, headers } = await post().field('exp_name', 'later').expect(202);
    const { id } = body;
    expect(headers).toMatchObject({ location: `jobs/${id}`, 'preference-applied': 'respond-async' });
    expect(body).toMatchObject({ kind: 'train', url: `jobs/${id}`, events_url: `jobs/${id}/events` });
    expect(body).not.toHaveProperty('answer');
    expect(service.uploads()).toEqual([]);
    await expect.poll(() => stateOf(id), PATIENCE).toBe('done');
    const job = await jobOf(id);
    expect(job.answer).toMatchObject({
      accuracy: 0.79,
      entropy: 0.48,
      precision: 0.81,
      recall: 0.59,
      experiment: { name: 'later' },
      tracking: { state: 'finished', delivery: { id } },
    });
    expect(service.desk.entries.map((entry) => entry.id)).toEqual([id]);
    // The folder goes after the record has come, so that no moment has neither.
    await expect.poll(folders).toEqual([]);
  });

  it('answers as ever if the training ends within the wait', async () => {
    const { body } = await post().set('Prefer', 'respond-async, wait=60').expect(200);
    expect(body).toMatchObject({ accuracy: 0.79, tracking: { state: 'finished' } });
  });

  it('finds faults of the form at once', async () => {
    const refused = await post().field('tol', 'much').expect(422);
    expect(refused.body).toMatchObject({ code: 'invalid_tol' });
    expect((await post().field('gate', 'nonsense > 1').expect(422)).body.code).toMatch(/name|gate/);
    expect(folders()).toEqual([]);
  });

  it('reports a dry run at once', async () => {
    expect((await post().field('dry_run', 'true').expect(200)).body).toMatchObject({ would_train: true });
  });

  it('keeps what is wrong with the file with the job', async () => {
    const { body } = await request(service.server)
      .post('/train')
      .set('Prefer', 'respond-async')
      .attach('train_file', Buffer.from('a,Outcome\n1,1\n2,1\n'), 'a.csv')
      .expect(202);
    await expect.poll(() => stateOf(body.id), PATIENCE).toBe('failed');
    expect(await jobOf(body.id)).toMatchObject({ problem: { code: 'one_class', status: 422 } });
  });

  it('gives the same job for the same key, and refuses other work', async () => {
    const first = await post().set('Idempotency-Key', 'later-1').expect(202);
    const again = await post().set('Idempotency-Key', 'later-1');
    expect([202, 200]).toContain(again.status);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const other = await post().set('Idempotency-Key', 'later-1').field('tol', '2').expect(422);
    expect(other.body).toMatchObject({ code: 'idempotency_key_reused' });
    await expect.poll(() => stateOf(first.body.id), PATIENCE).toBe('done');
    // Without the preference, the client gets the answer of the same training.
    const now = await request(service.server)
      .post('/train')
      .set('Idempotency-Key', 'later-1')
      .attach('train_file', DIABETES)
      .expect(200);
    expect(now.body.tracking.delivery.id).toBe(first.body.id);
    expect(service.desk.entries).toHaveLength(1);
  });

  it('lets jobs wait for their turn, and cancels each of them', async () => {
    const { body: running } = await long().expect(202);
    const { body: second } = await long().expect(202);
    const { body: third } = await long().expect(202);
    expect([second.place, third.place]).toEqual([1, 2]);
    const cancel = (id: string) => request(service.server).delete(`/jobs/${id}`).expect(200);
    expect((await cancel(second.id)).body).toMatchObject({ state: 'cancelled' });
    expect((await jobOf(third.id)).place).toBe(1);
    await expect.poll(() => stateOf(running.id), PATIENCE).toBe('fitting');
    await cancel(running.id);
    await cancel(third.id);
    for (const { id } of [running, second, third]) expect(await stateOf(id)).toBe('cancelled');
    expect(service.desk.entries).toEqual([]);
    expect(service.engine.memory()).toMatchObject({ promisedBytes: 0 });
  });

  it('trains once what an earlier process left, under the same id', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trainpost-left-'));
    const store = await openJobFolders(dir);
    const id = '11111111-2222-4333-8444-555555555555';
    const ticket = {
      kind: 'train',
      body: { tol: '1.0', exp_name: 'left' },
      fileNames: { train: 'diabetes.csv' },
      receivedAtMs: Date.now(),
      uploadMs: 1,
    } as const;
    await store.keep({ id, ticket, files: { train: DIABETES } });
    const next = await startTestService({ jobsDir: dir });
    try {
      await expect.poll(async () => (await jobOf(id, next)).state, PATIENCE).toBe('done');
      expect(next.desk.entries.map((entry) => entry.id)).toEqual([id]);
      expect((await jobOf(id, next)).answer).toMatchObject({ accuracy: 0.79, experiment: { name: 'left' } });
      expect(readdirSync(join(dir, 'jobs'))).toEqual([]);
    } finally {
      await next.close();
      rmSync(dir, { recursive: true });
    }
  });
});
