import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/errors.ts';
import type { JobAnswer } from '../../../src/http/jobs/jobAnswer.ts';
import { EXAMS } from '../../../src/http/openapi/paths/trainExamples.ts';
import { EXAM_MODEL, examModels } from '../../support/examModel.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const PATIENCE = { timeout: 30_000 };
const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');

let jobsDir: string;
let service: TestService;
let letGo: () => void;
beforeAll(async () => {
  jobsDir = mkdtempSync(join(tmpdir(), 'trainpost-waiting-'));
  service = await startTestService({ jobsDir, models: await examModels() });
});
afterAll(async () => {
  await service.close();
  rmSync(jobsDir, { recursive: true });
});
beforeEach(() => {
  service.desk.reset();
  // Each training waits here before it computes.
  service.desk.gate = new Promise((resolve) => {
    letGo = resolve;
  });
});
afterEach(() => letGo());

const train = () => request(service.server).post('/train').attach('train_file', DIABETES);
const evaluate = () =>
  request(service.server)
    .post('/evaluate')
    .attach('test_file', Buffer.from(EXAMS), 'exams.csv')
    .field('model', EXAM_MODEL);
const jobOf = async (id: string) => (await request(service.server).get(`/jobs/${id}`)).body as JobAnswer;
const stateOf = async (id: string) => (await jobOf(id)).state;
const folders = () => readdirSync(join(jobsDir, 'jobs'));

describe('Prefer: wait=1', () => {
  it.each([
    ['train', train],
    ['evaluate', evaluate],
  ])('is answered with the job if %s takes longer, and the job goes on', async (kind, post) => {
    const { body, headers } = await post().set('Prefer', 'wait=1').expect(202);
    const { id } = body;
    expect(headers).toMatchObject({ location: `jobs/${id}`, 'preference-applied': 'wait=1' });
    expect(headers).not.toHaveProperty('x-gate');
    expect(body).toMatchObject({ kind, state: 'queued', url: `jobs/${id}` });
    expect(body).not.toHaveProperty('answer');
    // Another process would find the job here.
    expect(folders()).toHaveLength(1);
    letGo();
    await expect.poll(() => stateOf(id), PATIENCE).toBe('done');
    expect((await jobOf(id)).answer).toMatchObject({ tracking: { delivery: { id }, state: 'finished' } });
    expect([...service.desk.entries, ...service.desk.evaluations].map((entry) => entry.id)).toEqual([id]);
    await expect.poll(() => [folders(), service.uploads()]).toEqual([[], []]);
  });

  it('is answered with the answer if the training ends in time', async () => {
    letGo();
    const { body } = await train().set('Prefer', 'wait=60').expect(200);
    expect(body).toMatchObject({ accuracy: 0.79, tracking: { state: 'finished' } });
    expect([folders(), service.uploads()]).toEqual([[], []]);
  });

  it('gives the same job for the same key, and in the end its answer', async () => {
    const keyed = () => train().set('Idempotency-Key', 'waiting').set('Prefer', 'wait=1');
    const { body } = await keyed().expect(202);
    const again = await keyed().expect(202).expect('Idempotency-Replayed', 'true');
    expect(again.body.id).toBe(body.id);
    expect((await keyed().field('tol', '2').expect(422)).body.code).toBe('idempotency_key_reused');
    letGo();
    await expect.poll(() => stateOf(body.id), PATIENCE).toBe('done');
    const { body: answer } = await keyed().expect(200);
    expect(answer.tracking.delivery.id).toBe(body.id);
    expect(service.desk.entries).toHaveLength(1);
  });

  it('leaves nothing of a job that is cancelled after the answer', async () => {
    const { body } = await train().set('Prefer', 'wait=1').expect(202);
    const cancelled = request(service.server)
      .delete(`/jobs/${body.id}`)
      .expect(200)
      .then((response) => response.body.state);
    letGo();
    expect(await cancelled).toBe('cancelled');
    expect(service.desk.entries).toEqual([]);
    await expect.poll(() => service.uploads()).toEqual([]);
  });

  it('lets a job wait for its turn again if its fault may be over soon', async () => {
    service.desk.roomError = new UnavailableError('spool_full', 'The spool is full.');
    const { body } = await train().set('Prefer', 'wait=1').expect(202);
    letGo();
    await expect.poll(() => service.desk.waiting, PATIENCE).toBe(2);
    service.desk.roomError = undefined;
    await expect.poll(() => stateOf(body.id), PATIENCE).toBe('done');
    expect(service.desk.entries.map((entry) => entry.id)).toEqual([body.id]);
    expect(folders().filter((name) => name.includes(body.id))).toEqual([]);
  });

  it('cancels the training of a client that leaves before the answer', async () => {
    const client = new AbortController();
    const form = new FormData();
    form.set('train_file', new File([EXAMS], 'exams.csv'));
    const { signal } = client;
    const headers = { Prefer: 'wait=60' };
    const gone = fetch(`${service.url}/train`, { method: 'POST', body: form, headers, signal });
    await expect.poll(() => service.desk.waiting).toBe(1);
    client.abort();
    await expect(gone).rejects.toThrow();
    letGo();
    const newest = async () => (await request(service.server).get('/jobs')).body.jobs[0].state;
    await expect.poll(newest, PATIENCE).toBe('cancelled');
    expect(service.desk.entries).toEqual([]);
  });

  it('is the training alone with 0', async () => {
    service.desk.isHeld = true;
    letGo();
    const { body } = await train().set('Prefer', 'wait=0').expect(202);
    expect(body).toMatchObject({ accuracy: 0.79, tracking: { state: 'pending' } });
    service.desk.deliver(body.tracking.delivery.id);
  });
});
