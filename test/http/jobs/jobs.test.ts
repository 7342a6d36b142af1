import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrackingRefusedError } from '../../../src/errors.ts';
import type { JobAnswer } from '../../../src/http/jobs/jobAnswer.ts';
import { PATIENCE_MS, startTestService, type TestService } from '../../support/service.ts';

const DIABETES = join(import.meta.dirname, '../../../data/diabetes.csv');
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ sweepMax: 200, wait: { defaultMs: PATIENCE_MS, maxMs: 1_000 } });
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

const post = () => request(service.server).post('/train').attach('train_file', DIABETES);
const get = (path: string) => request(service.server).get(path);
const cancel = (id: string) => request(service.server).delete(`/jobs/${id}`);
/** Sends a request now; supertest itself sends it only when somebody awaits it. */
const sent = (test: request.Test) => test.then((response) => response);
/** A sweep that takes seconds. */
const long = () =>
  post()
    .field('tol', Array.from({ length: 200 }, (_, index) => String(1.3 ** index)).join(','))
    .field('cv', '20')
    .field('solver_tol', '1e-12');

/** Looks until there is a job of a state. */
async function jobIn(state: string): Promise<JobAnswer> {
  for (let looks = 0; looks < 1_000; looks++) {
    const { body } = await get(`/jobs?state=${state}`).expect(200);
    const [job] = body.jobs as JobAnswer[];
    if (job !== undefined) return job;
    await sleep(5);
  }
  throw new Error(`no job is ${state}: ${JSON.stringify((await get('/jobs')).body)}`);
}

/** Events of a job until its stream ends. */
async function eventsOf(id: string, lastEventId?: string): Promise<{ id: string; job: JobAnswer }[]> {
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const answer = await fetch(`${service.url}/jobs/${id}/events`, { headers });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const text = await answer.text();
  return [...text.matchAll(/^event: job\nid: (.*)\ndata: (.*)$/gm)].map(([, event = '', data = '']) => ({
    id: event,
    job: JSON.parse(data) as JobAnswer,
  }));
}

describe('a job', () => {
  it('has the answer of its training', async () => {
    const { body } = await post().expect(200);
    const { id } = body.tracking.delivery;
    const job = (await get(`/jobs/${id}`).expect(200)).body as JobAnswer;
    const { tracking, ...rest } = body;
    expect(job).toMatchObject({
      id,
      url: `../jobs/${id}`,
      events_url: `../jobs/${id}/events`,
      kind: 'train',
      state: 'done',
      progress: { share: 1 },
      place: null,
      answer: rest,
    });
    expect(job.answer?.tracking).toMatchObject({ state: tracking.state });
    const listed = (await get('/jobs').expect(200)).body.jobs as JobAnswer[];
    expect(listed[0]).toMatchObject({ id, state: 'done' });
    expect(listed[0]).not.toHaveProperty('answer');
  });

  it('is logging while MLflow does not have the run, and cannot be cancelled any more', async () => {
    service.desk.isHeld = true;
    const { body } = await post().set('Prefer', 'wait=0').expect(202);
    const { id } = body.tracking.delivery;
    expect((await get(`/jobs/${id}`).expect(200)).body).toMatchObject({ state: 'logging', ended_at: null });
    const refused = await cancel(id).expect(409);
    expect(refused.body).toMatchObject({ code: 'job_accepted' });
    service.desk.deliver(id);
    expect((await get(`/jobs/${id}`).expect(200)).body).toMatchObject({ state: 'done' });
    expect((await cancel(id).expect(409)).body).toMatchObject({ code: 'job_ended' });
  });

  it('has the problem of its training, if MLflow refused the run', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'No.');
    const { body } = await post().expect(502);
    const job = (await get(`/jobs/${body.delivery.id}`).expect(200)).body;
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'mlflow_refused', status: 502 } });
  });

  it('keeps its problem, if the file cannot be trained on', async () => {
    await request(service.server)
      .post('/train')
      .attach('train_file', Buffer.from('a,Outcome\n1,1\n2,1\n'), 'a.csv')
      .expect(422);
    const job = await jobIn('failed');
    expect(job).toMatchObject({ kind: 'train', problem: { code: 'one_class', status: 422 } });
    expect((await cancel(job.id).expect(409)).body).toMatchObject({ code: 'job_ended' });
  });

  it('is cancelled, and leaves nothing', async () => {
    const answer = sent(long());
    const { id, progress } = await jobIn('fitting');
    expect(progress.share).toBeLessThan(1);
    const startedAt = performance.now();
    expect((await cancel(id).expect(200)).body).toMatchObject({ id, state: 'cancelled' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await cancel(id).expect(200)).body).toMatchObject({ id, state: 'cancelled' });
    expect(await answer).toMatchObject({ status: 409, body: { code: 'cancelled' } });
    expect([service.desk.entries, service.uploads()]).toEqual([[], []]);
    expect(service.engine.counts()).toMatchObject({ underWay: 0, waiting: 0 });
  });

  it.each([
    ['is cancelled if its client leaves', {}, 'cancelled'],
    ['goes on without its client if it has a key', { 'Idempotency-Key': 'k' }, 'done'],
  ])('%s', async (_name, headers, state) => {
    const client = new AbortController();
    const form = new FormData();
    form.set('train_file', new File(['a,Outcome\n1,1\n2,0\n3,1\n4,0\n5,1\n6,0\n7,1\n8,0\n'], 'a.csv'));
    form.set('tol', Array.from({ length: 200 }, (_, index) => String(1.1 ** index)).join(','));
    const gone = fetch(`${service.url}/train`, {
      method: 'POST',
      body: form,
      headers,
      signal: client.signal,
    });
    const { id } = await jobIn('fitting');
    client.abort();
    await expect(gone).rejects.toThrow();
    await expect.poll(async () => (await get(`/jobs/${id}`)).body.state, { timeout: 30_000 }).toBe(state);
  });

  it.each([
    ['get', `/jobs/${UNKNOWN}`, 404, 'no_such_job'],
    ['get', `/jobs/${UNKNOWN}/events`, 404, 'no_such_job'],
    ['delete', `/jobs/${UNKNOWN}`, 404, 'no_such_job'],
    ['get', '/jobs?state=lost', 422, 'invalid_state'],
    ['get', '/jobs?page=2', 422, 'unknown_parameter'],
    ['post', '/jobs', 405, 'method_not_allowed'],
  ] as const)('%s %s: %i', async (method, path, status, code) => {
    expect((await request(service.server)[method](path).expect(status)).body).toMatchObject({ code });
  });
});

describe('events', () => {
  it('tell each change until the job has ended', async () => {
    const answer = sent(long());
    const { id } = await jobIn('fitting');
    const events = eventsOf(id);
    await sleep(300);
    await cancel(id).expect(200);
    const told = await events;
    expect(told.map(({ job }) => job.state)).toEqual(expect.arrayContaining(['fitting', 'cancelled']));
    expect(told.at(-1)?.job).toMatchObject({ id, state: 'cancelled' });
    const shares = told.map(({ job }) => job.progress.share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    await answer;
  });

  it('begin behind the last one that the client has', async () => {
    const { body } = await post().expect(200);
    const { id } = body.tracking.delivery;
    const told = await eventsOf(id);
    expect(told).toMatchObject([{ job: { id, state: 'done', answer: { accuracy: 0.79 } } }]);
    expect(await eventsOf(id, told[0]?.id)).toEqual([]);
  });

  it('are refused once 32 streams are open, and taken again when one has closed', async () => {
    service.desk.isHeld = true;
    const { body } = await post().set('Prefer', 'wait=0').expect(202);
    const { id } = body.tracking.delivery;
    const clients = Array.from({ length: 32 }, () => new AbortController());
    const open = ({ signal }: AbortController) => fetch(`${service.url}/jobs/${id}/events`, { signal });
    const streams = await Promise.all(clients.map(open));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await get(`/jobs/${id}/events`).expect(503);
    expect(refused.body).toMatchObject({ code: 'too_many_streams', limit: 32 });
    expect(refused.headers['retry-after']).toBe('5');
    clients[0]?.abort();
    await expect.poll(async () => (await open(new AbortController())).status).toBe(200);
    service.desk.deliver(id);
    // The service ends all streams of a job that has ended.
    await Promise.all(streams.slice(1).map((stream) => stream.text()));
  });
});
