import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LocalMlflowOptions, launchLocalMlflow } from '../../src/launcher/localMlflow.ts';
import { signalGroup } from '../../src/launcher/processes.ts';
import { answering, executable, mlflowLike, temporaryFolder, unusedPort } from './support.ts';

const REQUIREMENT = 'something==1.0';

function launch(options: Omit<LocalMlflowOptions, 'log' | 'requirement'>) {
  const lines: string[] = [];
  const local = launchLocalMlflow({ ...options, requirement: REQUIREMENT, log: (line) => lines.push(line) });
  onTestFinished(() => local.stop());
  return { local, lines };
}

/** Makes a folder with a finished venv. In the place of Python, the venv has a server like MLflow. */
function folderWithVenv(script = mlflowLike()): string {
  const dir = temporaryFolder();
  mkdirSync(join(dir, 'venv/bin'), { recursive: true });
  executable(join(dir, 'venv/bin/python'), script);
  writeFileSync(join(dir, 'venv/trainpost-stamp'), REQUIREMENT);
  return dir;
}

const serverPid = (dir: string) =>
  JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')).server.pid as number;

describe('launchLocalMlflow', () => {
  it('uses an MLflow that answers already, and leaves it alone', async () => {
    const { port, url } = await answering({ '/health': 'OK', '/version': '2.22.5' });
    const { local } = launch({ dir: temporaryFolder(), port, searchPath: '' });
    expect(local.state().status).toBe('starting');
    expect(await local.ready).toEqual({ status: 'ready', url, version: '2.22.5', owned: false });
    await local.stop();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('starts its own MLflow, and leaves neither a process nor a record behind', async () => {
    const dir = folderWithVenv();
    const port = await unusedPort();
    const { local } = launch({ dir, port });
    const url = `http://127.0.0.1:${port}`;
    expect(await local.ready).toEqual({ status: 'ready', url, version: '3.0.0', owned: true });
    const pid = serverPid(dir);
    await local.stop();
    expect(signalGroup(pid, 0)).toBe(false);
    // The file of the lock stays, and is marked as released.
    expect(readdirSync(dir).filter((name) => /lock|json/.test(name))).toEqual(['launcher.lock-1']);
    expect(local.state()).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
  });

  it('takes the next port, and says so, if another program listens', async () => {
    const other = await answering({ '/health': 'I am AirPlay' });
    const { local, lines } = launch({ dir: folderWithVenv(), port: other.port });
    const state = await local.ready;
    expect(state).toMatchObject({ status: 'ready', owned: true });
    expect((state as { url: string }).url).not.toBe(other.url);
    expect(lines.join('\n')).toContain(`PORT ${other.port} IS TAKEN by a program that is not MLflow`);
  });

  it('shares one server between two calls at once', async () => {
    const dir = folderWithVenv();
    const port = await unusedPort();
    const first = launch({ dir, port });
    const second = launch({ dir, port });
    const states = await Promise.all([first.local.ready, second.local.ready]);
    expect(states.map((state) => state.status === 'ready' && state.owned).sort()).toEqual([false, true]);
  });

  it('starts its server again if the server ends by itself, and says so meanwhile', async () => {
    const dir = folderWithVenv();
    const { local, lines } = launch({ dir, port: await unusedPort() });
    const first = await local.ready;
    const pid = serverPid(dir);
    process.kill(-pid, 'SIGKILL');
    await expect.poll(() => local.state().status).toBe('starting');
    const says = 'MLflow ended; the last line of its log is "started". trainpost starts MLflow again';
    expect(local.state()).toEqual({ status: 'starting', message: `${says}.` });
    expect(lines).toContain(says);
    await expect.poll(() => local.state().status).toBe('ready');
    expect(local.state()).toEqual(first);
    expect(serverPid(dir)).not.toBe(pid);
    const second = serverPid(dir);
    await local.stop();
    expect(signalGroup(second, 0)).toBe(false);
    expect(local.state()).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
  });

  it('uses another server that answers at the port of its own server by then', async () => {
    const dir = folderWithVenv();
    const port = await unusedPort();
    const { local } = launch({ dir, port });
    await local.ready;
    process.kill(-serverPid(dir), 'SIGKILL');
    await expect.poll(() => local.state().status).toBe('starting');
    const { url } = await answering({ '/health': 'OK', '/version': '2.22.5' }, port);
    await expect.poll(() => local.state().status).toBe('ready');
    expect(local.state()).toEqual({ status: 'ready', url, version: '2.22.5', owned: false });
  });

  it('stops while its server is about to be started again', async () => {
    const dir = folderWithVenv();
    const { local } = launch({ dir, port: await unusedPort() });
    await local.ready;
    process.kill(-serverPid(dir), 'SIGKILL');
    await expect.poll(() => local.state().status).toBe('starting');
    await local.stop();
    expect(local.state()).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
    await sleep(1_500);
    expect(local.state().status).toBe('failed');
  });

  it('stops while it starts its server again', async () => {
    const dir = folderWithVenv();
    const { local } = launch({ dir, port: await unusedPort() });
    await local.ready;
    const first = serverPid(dir);
    executable(join(dir, 'venv/bin/python'), 'setInterval(() => {}, 1000)');
    process.kill(-first, 'SIGKILL');
    await expect.poll(() => serverPid(dir)).not.toBe(first);
    const second = serverPid(dir);
    await local.stop();
    expect(signalGroup(second, 0)).toBe(false);
    expect(local.state()).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
  });

  it('ends its server if the given signal is aborted', async () => {
    const dir = folderWithVenv();
    const aborted = new AbortController();
    const { local } = launch({ dir, port: await unusedPort(), signal: aborted.signal });
    await local.ready;
    const pid = serverPid(dir);
    aborted.abort();
    await expect.poll(() => existsSync(join(dir, 'server.json'))).toBe(false);
    expect(signalGroup(pid, 0)).toBe(false);
    expect(local.state()).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
  });

  it('says what to do if there is no Python', async () => {
    const dir = temporaryFolder();
    const { local, lines } = launch({ dir, port: await unusedPort(), searchPath: '' });
    const state = await local.ready;
    expect(state).toMatchObject({ status: 'failed' });
    expect((state as { message: string }).message).toMatch(
      /install Python 3\.10 or newer, or set MLFLOW_TRACKING_URI/,
    );
    expect(lines).toHaveLength(1);
    expect(readdirSync(dir)).toEqual(['launcher.lock-1']);
    await local.stop();
    expect(local.state()).toEqual(state);
  });

  it('removes a venv that could not be finished', async () => {
    const dir = temporaryFolder();
    const bin = temporaryFolder();
    const script = `
      if (process.argv.includes('venv')) require('node:fs').mkdirSync(process.argv.at(-1), { recursive: true });
      else console.log('3 12 ' + process.env.FAKE_PYTHON);
      if (process.argv.includes('venv')) { console.error('Error: no space left'); process.exit(1); }`;
    process.env['FAKE_PYTHON'] = executable(join(bin, 'python3'), script);
    onTestFinished(() => void delete process.env['FAKE_PYTHON']);
    const { local } = launch({ dir, port: await unusedPort(), searchPath: bin });
    expect(await local.ready).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/making the venv failed \("Error: no space left"\)/),
    });
    expect(existsSync(join(dir, 'venv'))).toBe(false);
  });

  it('stops while it starts', async () => {
    const dir = folderWithVenv('setInterval(() => {}, 1000)');
    const giveUp = new AbortController();
    const { local } = launch({ dir, port: await unusedPort(), signal: giveUp.signal });
    await expect.poll(() => existsSync(join(dir, 'server.json'))).toBe(true);
    const pid = serverPid(dir);
    await sleep(50);
    giveUp.abort();
    expect(await local.ready).toEqual({ status: 'failed', message: 'MLflow was stopped.' });
    expect(signalGroup(pid, 0)).toBe(false);
  });
});
