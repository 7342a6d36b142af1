import { beforeEach, describe, expect, it } from 'vitest';
import { DataError, TrackingRefusedError } from '../../src/errors.ts';
import type { Job } from '../../src/jobs/job.ts';
import { Jobs } from '../../src/jobs/jobs.ts';
import { KeysUnderWay } from '../../src/jobs/keys.ts';
import { parseFields } from '../../src/training/fields/parse.ts';
import { train } from '../../src/training/train.ts';
import { UnderWay } from '../../src/training/underWay.ts';
import type { Kept } from '../../src/values/delivery.ts';
import { FakeEngine } from '../support/fakeEngine.ts';
import { NO_JOBS } from '../support/jobStore.ts';
import { RecordingDesk } from '../support/recordingDesk.ts';

let engine: FakeEngine;
let desk: RecordingDesk;
let underWay: UnderWay;
let jobs: Jobs;
beforeEach(() => {
  engine = new FakeEngine();
  desk = new RecordingDesk();
  underWay = new UnderWay();
  jobs = new Jobs({ deliveries: desk, underWay, kindOf: () => 'train', backlog: NO_BACKLOG });
});

const NEVER = () => Promise.reject(new Error('no job is done later here'));
const NO_BACKLOG = {
  store: NO_JOBS,
  workers: { train: NEVER, evaluate: NEVER },
  atOnce: 1,
  report: () => undefined,
};
const HERE = new AbortController().signal;
const KEY = { digest: 'ab'.repeat(32), fingerprint: 'f' };

function submission(key?: typeof KEY) {
  const request = {
    fields: parseFields({}),
    source: { path: 'a.csv', intake: engine.receive(), release: async () => undefined },
    fileName: 'a.csv',
    receivedAt: new Date(),
  };
  const rooms = { engine, deliveries: desk, underWay, sweepMax: 1 };
  const work = (kept: Pick<Kept, 'key'>, { id, watch }: Job) =>
    train({ ...request, id, watch }, rooms, () => ({ answer: 42, ...kept }));
  return { work, kind: 'train' as const, ...(key && { key }) };
}

describe('a job', () => {
  it('is answered from its record once MLflow has the run', async () => {
    const job = await jobs.submit(submission());
    expect(job).toMatchObject({ isReplayed: false, view: { state: 'pending', answer: 42 } });
    const view = await jobs.settled(job, 60_000, HERE);
    expect(view).toMatchObject({
      id: job.view.id,
      state: 'delivered',
      answer: 42,
      logged: { runId: 'run1' },
    });
  });

  it('is answered from its record if MLflow refused the run', async () => {
    desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'No.');
    const view = await jobs.settled(await jobs.submit(submission()), 60_000, HERE);
    expect(view).toMatchObject({ state: 'dead', lastError: { code: 'mlflow_refused' } });
  });

  it.each<[string, number, (client: AbortController) => void]>([
    ['the client does not want to', 0, () => undefined],
    ['the time is over', 1, () => undefined],
    ['the client is gone already', 60_000, (client) => client.abort()],
    ['the client leaves', 60_000, (client) => void setImmediate(() => client.abort())],
    ['the service shuts down', 60_000, () => void setImmediate(() => underWay.hurry())],
  ])('is not awaited any longer if %s, and stays pending', async (_name, waitMs, leave) => {
    desk.isHeld = true;
    const job = await jobs.submit(submission());
    const client = new AbortController();
    leave(client);
    const { id } = job.view;
    expect(await jobs.settled(job, waitMs, client.signal)).toMatchObject({ id, state: 'pending' });
    desk.deliver(job.view.id);
    expect(await desk.find(job.view.id)).toMatchObject({ state: 'delivered' });
  });

  it('fails with its training, and leaves nothing behind', async () => {
    engine.failWith = new DataError('one_class', 'One class.');
    await expect(jobs.submit(submission(KEY))).rejects.toThrow('One class.');
    expect(desk.entries).toEqual([]);
  });
});

describe('a key', () => {
  it('stands for the training that it was used for first', async () => {
    const first = await jobs.submit(submission(KEY));
    const again = await jobs.submit(submission(KEY));
    expect(again).toMatchObject({ isReplayed: true, done: undefined, view: { id: first.view.id } });
    expect(engine.calls).toEqual(['check', 'run']);
    expect((await jobs.settled(again, 60_000, HERE)).state).toBe('delivered');
  });

  it('is waited for again while its training is pending', async () => {
    desk.isHeld = true;
    const { view } = await jobs.submit(submission(KEY));
    const settled = jobs.settled(await jobs.submit(submission(KEY)), 60_000, HERE);
    setImmediate(() => desk.deliver(view.id));
    expect((await settled).state).toBe('delivered');
  });

  it('is refused for anything else', async () => {
    await jobs.submit(submission(KEY));
    const other = jobs.submit(submission({ ...KEY, fingerprint: 'g' }));
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(desk.entries).toHaveLength(1);
  });

  it('belongs to one request at a time, and can be let go twice', () => {
    const keys = new KeysUnderWay();
    const letGo = keys.reserve('a');
    expect(keys.reserve('a')).toBeUndefined();
    letGo?.();
    const next = keys.reserve('a');
    letGo?.();
    expect([typeof next, keys.reserve('a')]).toEqual(['function', undefined]);
  });
});
