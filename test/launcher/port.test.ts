import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/launcher/port.ts';
import { unusedPort } from './support.ts';

async function taken(port: number, host: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  onTestFinished(() => void server.close());
}

it('gives the first port if that port is free', async () => {
  const port = await unusedPort();
  expect(await freePort(port)).toBe(port);
});

it.each(['127.0.0.1', '0.0.0.0'])('skips a port at which a program listens on %s', async (host) => {
  const port = await unusedPort();
  await taken(port, host);
  expect(await freePort(port)).toBeGreaterThan(port);
});
