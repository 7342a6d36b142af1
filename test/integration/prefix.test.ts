import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrackingRefusedError } from '../../src/errors.ts';
import { type Nginx, nginxAvailable, startNginx } from '../support/nginx.ts';
import { startTestService, type TestService } from '../support/service.ts';

const CSV = `a,Outcome\n${'1,0\n2,1\n'.repeat(10)}`;

describe.skipIf(!nginxAvailable)('behind a proxy with a path of its own', () => {
  let service: TestService;
  let nginx: Nginx;
  let base: string;
  beforeAll(async () => {
    service = await startTestService();
    nginx = await startNginx(
      `location /ml/v1/ {
         proxy_pass ${service.url}/;
         proxy_set_header Host $host;
         proxy_set_header X-Forwarded-For $remote_addr;
         proxy_set_header X-Forwarded-Prefix /evil;
       }`,
    );
    base = `${nginx.url}/ml/v1`;
  });
  beforeEach(() => service.desk.reset());
  afterAll(async () => {
    await nginx?.stop();
    await service?.close();
  });

  async function json(address: string | URL, init?: RequestInit) {
    const response = await fetch(address, init);
    // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
    return { response, body: (await response.json()) as any };
  }

  function post(path: string, headers: Readonly<Record<string, string>> = {}) {
    const form = new FormData();
    form.set('train_file', new Blob([CSV]));
    return json(base + path, { method: 'POST', body: form, headers });
  }

  it.each(['/train', '/train/'])(
    'a client finds the delivery of a POST to %s by Location and by url',
    async (path) => {
      service.desk.isHeld = true;
      const { response, body } = await post(path, { Prefer: 'wait=0' });
      expect(response.status).toBe(202);
      const { id, url } = body.tracking.delivery;
      const there = `${base}/deliveries/${id}`;
      expect(new URL(response.headers.get('location') as string, response.url).href).toBe(there);
      expect(new URL(url, response.url).href).toBe(there);
      const found = await json(there);
      expect(found.body).toMatchObject({ id, state: 'pending' });
      // A delivery names its own address.
      expect(new URL(found.body.url, found.response.url).href).toBe(there);
      const list = await json(`${base}/deliveries?state=pending`);
      expect(new URL(list.body.deliveries[0].url, list.response.url).href).toBe(there);
    },
  );

  it('a client finds a dead delivery that it has put back, and one that an error names', async () => {
    service.desk.refuseWith = new TrackingRefusedError('mlflow_refused', 'MLflow said no.');
    const { response, body } = await post('/train');
    expect(response.status).toBe(502);
    const there = `${base}/deliveries/${body.delivery.id}`;
    expect(new URL(body.delivery.url, response.url).href).toBe(there);
    const back = await json(`${there}/retry`, { method: 'POST' });
    expect(back.response.status).toBe(202);
    expect(new URL(back.response.headers.get('location') as string, back.response.url).href).toBe(there);
    expect(new URL(back.body.url, back.response.url).href).toBe(there);
  });

  it('curl follows what a shell joins', async () => {
    service.desk.isHeld = true;
    const script = `location=$(printf '${CSV}' | curl -s -o /dev/null -D - -H 'Prefer: wait=0' -F train_file=@- "$0/train" | tr -d '\\r' | sed -n 's/^Location: //ip')
      curl -s --fail-with-body "$0/$location"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script, base], { timeout: 20_000 });
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ id: service.desk.entries[0]?.id, state: 'pending' });
  });

  it('the log warns once that everybody can train', () => {
    expect(service.lines.filter(({ msg }) => /through a proxy/.test(String(msg)))).toHaveLength(1);
  });
});
