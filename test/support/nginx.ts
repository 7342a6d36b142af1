import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unusedPort } from './mlflowServer.ts';

/** Whether the tests that need nginx can run. With CI=true a missing nginx is an error, not a reason to skip. */
export const nginxAvailable: boolean = spawnSync('nginx', ['-v']).status === 0;
if (!nginxAvailable && process.env['CI'] === 'true') {
  throw new Error('nginx was not found: install it.');
}

const UP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** Paths of PEM files. */
export interface NginxTls {
  readonly certificate: string;
  readonly key: string;
}

/** Starts an nginx with these locations, as docs/operations.md shows them, and waits until it answers. */
export async function startNginx(locations: string, tls?: NginxTls): Promise<Nginx> {
  const port = await unusedPort();
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-nginx-'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  );
  const listen =
    tls === undefined
      ? `listen 127.0.0.1:${port};`
      : `listen 127.0.0.1:${port} ssl; ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`;
  writeFileSync(
    join(dir, 'nginx.conf'),
    `daemon off; master_process off; pid ${dir}/pid; error_log stderr;
events {}
http { access_log off; ${paths.join(' ')} server { ${listen} ${locations} } }
`,
  );
  const child = spawn('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'], {
    stdio: 'inherit',
  });
  const url = `http://127.0.0.1:${port}`;
  await untilUp(url, child);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(dir, { recursive: true });
    },
  };
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + UP_TIMEOUT_MS;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    if (await fetch(url).catch(() => undefined)) return;
    await sleep(POLL_MS);
  }
  child.kill('SIGKILL');
  throw new Error(`${url} does not answer`);
}
