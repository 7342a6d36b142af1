import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { mlflowVersionAt } from '../../src/launcher/probe.ts';
import { answering, unusedPort } from './support.ts';

it.each([
  ['MLflow', { '/health': 'OK', '/version': '3.17.2' }, '3.17.2'],
  ['a release candidate of MLflow', { '/health': 'OK\n', '/version': '3.18.0rc1' }, '3.18.0rc1'],
  ['a server with a health page only', { '/health': 'OK' }, undefined],
  ['a server with a version page only', { '/version': '3.17.2' }, undefined],
  [
    'a server with an HTML page for every path',
    { '/health': '<html>OK</html>', '/version': '<html>1.2.3</html>' },
    undefined,
  ],
  [
    'a healthy server with an HTML page for its version',
    { '/health': 'OK', '/version': '<html>1.2.3</html>' },
    undefined,
  ],
  ['a very long answer', { '/health': 'OK'.padEnd(100_000), '/version': '3.17.2' }, undefined],
])('reads the version of MLflow, and of no other server: %s', async (_name, answers, expected) => {
  const { url } = await answering(answers as unknown as Record<string, string>);
  expect(await mlflowVersionAt(url)).toBe(expected);
});

it('finds no MLflow if nothing listens', async () => {
  expect(await mlflowVersionAt(`http://127.0.0.1:${await unusedPort()}`)).toBeUndefined();
});

it('finds no MLflow if a server takes the connection and never answers', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  expect(await mlflowVersionAt(`http://127.0.0.1:${port}`, 100)).toBeUndefined();
});
