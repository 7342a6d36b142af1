import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, TrackingRefusedError, UnavailableError } from '../../../src/errors.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const DIABETES: Buffer = readFileSync(join(import.meta.dirname, '../../../data/diabetes.csv'));
const OTHER = Buffer.concat([DIABETES, Buffer.from('1,85,66,29,0,26.6,0.351,31,0\n')]);

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());
beforeEach(() => service.desk.reset());

const post = (key: string, fields: object = {}, file: Buffer = DIABETES) =>
  request(service.server)
    .post('/train')
    .set('Idempotency-Key', key)
    .field({ ...fields })
    .attach('train_file', file, 'diabetes.csv');
const sent = (test: request.Test) => test.then((response) => response);

describe('the same Idempotency-Key', () => {
  it('gets the same response, and one run', async () => {
    const first = await post('a', { tol: '1.0', exp_name: 'E', tags: 'k=v' }).expect(200);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    // Other names, another order, another notation, and defaults spelled out.
    const again = await post('a', { tags: '{"k":"v"}', exp_name: 'E', C: '1', max_iter: '100' })
      .expect(200)
      .expect('Idempotency-Replayed', 'true')
      .expect('Run-Id', 'run1');
    expect(again.body).toEqual(first.body);
    expect(service.desk.entries).toHaveLength(1);
    expect(service.uploads()).toEqual([]);
  });

  it('gets the run once it exists', async () => {
    service.desk.isHeld = true;
    await post('a').set('Prefer', 'wait=0').expect(202);
    const { id } = service.desk.entries[0]!;
    await post('a')
      .set('Prefer', 'wait=0')
      .expect(202)
      .expect('Location', `deliveries/${id}`)
      .expect('Idempotency-Replayed', 'true');
    service.desk.deliver(id);
    const later = await post('a').expect(200).expect('Idempotency-Replayed', 'true');
    expect(later.body.run.id).toBe('run1');
  });

  it('waits for the run as the first request did', async () => {
    service.desk.isHeld = true;
    await post('a').set('Prefer', 'wait=0').expect(202);
    const again = sent(post('a'));
    // The key is in use again, so the repeated request is waiting.
    await expect.poll(async () => (await sent(post('a'))).status).toBe(409);
    service.desk.deliver(service.desk.entries[0]!.id);
    expect((await again).status).toBe(200);
    expect(service.desk.entries).toHaveLength(1);
  });

  it('gets the rejection by MLflow again', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'MLflow said no.');
    const first = await post('a').expect(502);
    const again = await post('a').expect(502).expect('Idempotency-Replayed', 'true');
    expect(again.body).toEqual(first.body);
    expect(service.desk.entries).toHaveLength(1);
  });

  it.each<[string, object, Buffer]>([
    ['another file', {}, OTHER],
    ['a file that is not a table', {}, Buffer.from('x')],
    ['another field', { tol: '2' }, DIABETES],
    ['another tag', { tags: 'a=b' }, DIABETES],
  ])('with %s is 422', async (_name, fields, file) => {
    await post('a').expect(200);
    const response = await post('a', fields, file).expect(422);
    expect(response.body).toMatchObject({ code: 'idempotency_key_reused', field: 'Idempotency-Key' });
    // The key still stands for the first training.
    await post('a').expect(200).expect('Idempotency-Replayed', 'true');
    expect(service.desk.entries).toHaveLength(1);
  });

  it('makes one run of two simultaneous requests, and the second gets 409', async () => {
    service.desk.isHeld = true;
    const answers = [sent(post('a')), sent(post('a'))];
    const late = await Promise.race(answers);
    expect(late.status).toBe(409);
    expect(late.headers['retry-after']).toBe('1');
    expect(late.body.code).toBe('idempotency_key_in_use');
    await expect.poll(() => service.desk.entries.length).toBe(1);
    // The training is accepted, and its client still waits.
    await post('a').expect(409);
    service.desk.deliver(service.desk.entries[0]!.id);
    expect((await Promise.all(answers)).map(({ status }) => status).sort()).toEqual([200, 409]);
    await post('a').expect(200).expect('Idempotency-Replayed', 'true');
    expect(service.desk.entries).toHaveLength(1);
  });

  it.each<[string, object, () => void, number]>([
    ['a wrong field', { tol: 'x' }, () => {}, 422],
    ['an unknown column', { target: 'z' }, () => {}, 422],
    ['a full queue', {}, () => (service.desk.failWith = new BusyError('queue_full', 'Busy.')), 429],
    ['a full spool', {}, () => (service.desk.roomError = new UnavailableError('spool_full', 'Full.')), 503],
    ['a fault of ours', {}, () => (service.desk.failWith = new Error('oops')), 500],
  ])('is free again after %s', async (_name, fields, prepare, status) => {
    prepare();
    await post('a', fields).expect(status);
    service.desk.reset();
    const response = await post('a').expect(200);
    expect(response.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('has no effect on a dry run', async () => {
    await post('a', { dry_run: 'true' }).expect(200);
    await post('a').expect(200);
    const report = await post('a', { dry_run: 'true' }, OTHER).expect(200);
    expect(report.headers).not.toHaveProperty('idempotency-replayed');
    expect(report.body.would_train).toBe(true);
  });

  it('is in no log line and no record', async () => {
    service.lines.length = 0;
    await post('my secret key').expect(200);
    await expect.poll(() => service.lines.length).toBe(1);
    expect(JSON.stringify([service.lines, service.desk.entries])).not.toContain('my secret key');
  });
});

describe('an upload with a key', () => {
  const HEAD =
    'POST /train HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n';
  const START =
    '--x\r\nContent-Disposition: form-data; name="train_file"; filename="a.csv"\r\n\r\na,Outcome\n1,0\n';
  const begin = (): Socket => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write(HEAD);
    return socket;
  };

  it('rejects other uploads before their body, and releases the key when its client disconnects', async () => {
    const first = begin();
    first.write(START);
    await expect.poll(() => service.uploads().length).toBe(1);
    const second = begin();
    const [chunk] = (await once(second, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 409 /);
    second.destroy();
    first.destroy();
    await expect.poll(() => service.uploads()).toEqual([]);
    await expect.poll(async () => (await sent(post('k'))).status).toBe(200);
  });

  /** Posts a training. @returns disconnects its client */
  const call = () => {
    const gone = new AbortController();
    const form = new FormData();
    form.set('train_file', new Blob([new Uint8Array(DIABETES)]), 'diabetes.csv');
    const options = { method: 'POST', body: form, headers: { 'Idempotency-Key': 'k' } };
    const response = fetch(`${service.url}/train`, { ...options, signal: gone.signal });
    return async () => {
      gone.abort();
      await response.catch(() => undefined);
    };
  };
  const again = () => sent(post('k').set('Prefer', 'wait=0'));

  it('finds a training whose client has disconnected, although it is not delivered yet', async () => {
    service.desk.isHeld = true;
    const hangUp = call();
    await expect.poll(() => service.desk.entries.length).toBe(1);
    expect((await again()).status).toBe(409);
    await hangUp();
    await expect.poll(async () => (await again()).status).toBe(202);
    service.desk.deliver(service.desk.entries[0]!.id);
    await post('k').expect(200).expect('Idempotency-Replayed', 'true');
    expect(service.desk.entries).toHaveLength(1);
  });

  it('keeps the key for a training that is not accepted yet, although its client has disconnected', async () => {
    let open = () => {};
    service.desk.gate = new Promise((resolve) => {
      open = resolve;
    });
    service.lines.length = 0;
    const hangUp = call();
    await expect.poll(() => service.desk.waiting).toBe(1);
    await hangUp();
    await expect.poll(() => service.lines).toMatchObject([{ aborted: true }]);
    expect((await again()).status).toBe(409);
    open();
    await expect.poll(async () => (await again()).status).toBe(200);
    expect(service.desk.entries).toHaveLength(1);
  });
});

describe('an invalid key', () => {
  it.each([
    ['empty', ['']],
    ['too long', ['x'.repeat(256)]],
    ['not ASCII', ['schlüssel']],
    ['repeated', ['a', 'b']],
  ])('%s', async (_name, keys) => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    const lines = keys.map((key) => `Idempotency-Key: ${key}\r\n`).join('');
    socket.write(
      Buffer.from(`POST /train HTTP/1.1\r\nHost: x\r\n${lines}Content-Length: 0\r\n\r\n`, 'latin1'),
    );
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_idempotency_key"/s);
  });

  it('has more than 255 characters', async () => {
    await post('~'.repeat(255)).expect(200);
  });
});
