import request from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

const TOKEN = 'correct-horse-battery-staple';

let service: TestService;
afterEach(() => service.close());

const warnings = () => service.lines.filter(({ msg }) => /through a proxy/.test(String(msg)));
const ask = (name: string, value: string) => request(service.url).get('/test').set(name, value).expect(200);

describe('a request that came through a proxy', () => {
  it.each([
    ['Forwarded', 'for=192.0.2.60;proto=https'],
    ['X-Forwarded-For', '192.0.2.60'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Prefix', '/ml'],
    ['X-Forwarded-Anything', 'koala'],
  ])('is warned of once if there is no token: %s', async (name, value) => {
    service = await startTestService();
    await ask('X-Real-Name', value);
    expect(warnings()).toEqual([]);
    for (let i = 0; i < 3; i++) await ask(name, value);
    expect(warnings()).toMatchObject([{ level: 40, msg: expect.stringContaining('Set TRAINPOST_TOKEN.') }]);
    expect(JSON.stringify(service.lines)).not.toContain(value);
  });

  it('is not warned of if there is a token', async () => {
    service = await startTestService({ access: { allowedHosts: [], token: TOKEN } });
    await ask('X-Forwarded-For', '192.0.2.60');
    expect(warnings()).toEqual([]);
  });

  it('is not warned of if it is let in by nobody, because its name is not ours', async () => {
    service = await startTestService();
    await request(service.url)
      .get('/test')
      .set({ Host: 'evil.example', 'X-Forwarded-For': '192.0.2.60' })
      .expect(403);
    expect(warnings()).toEqual([]);
  });

  it('gets no other answer for what its headers say', async () => {
    service = await startTestService();
    const { body } = await request(service.url)
      .post('/train')
      .set({ 'X-Forwarded-Prefix': '/ml', 'X-Forwarded-Host': 'evil.example', Prefer: 'wait=0' })
      .attach('train_file', Buffer.from(`a,Outcome\n${'1,0\n2,1\n'.repeat(10)}`), 'a.csv');
    expect(body.tracking.delivery.url).toBe(`deliveries/${body.tracking.delivery.id}`);
  });
});
