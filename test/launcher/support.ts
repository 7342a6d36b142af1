import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder for one test, with a space in its name. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainpost launcher '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts an HTTP server with a fixed answer for each path, and 404 for any other path. */
export async function answering(
  answers: Readonly<Record<string, string>>,
  at = 0,
): Promise<{ port: number; url: string }> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

/**
 * Writes an executable that stands in for Python. It runs a script of Node with the same arguments. It skips the statement
 * that prepares the database (`-c PRAGMA ...`), which the integration test runs in a real Python.
 */
export function executable(path: string, script: string): string {
  writeFileSync(`${path}.cjs`, script);
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$2" in *journal_mode*) exit 0;; esac\nexec '${process.execPath}' '${path}.cjs' "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/** Finds a port at which nothing listens now. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The script of a server that answers as MLflow does. Like MLflow, it has a child process. The child may ignore SIGTERM. */
export const mlflowLike = (childOnTerm = '() => process.exit()') => `
const { createServer } = require('node:http');
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const childScript = 'process.on("SIGTERM", ${childOnTerm}); console.log(); setInterval(() => {}, 1000)';
const child = spawn(process.execPath, ['-e', childScript]);
writeFileSync('child.pid', String(child.pid));
const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
const server = createServer((request, response) => response.end(request.url === '/health' ? 'OK' : '3.0.0'));
child.stdout.once('data', () => server.listen(port, '127.0.0.1'));
console.log('started');
`;
