import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { contentOf, endedProcess } from '../system/support.ts';
import { temporaryFolder } from './support.ts';

const SRC = join(import.meta.dirname, '../../src');
/** Stands in for the compiler: copies the source, and fails if the source says so. */
const BUILD = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
appendFileSync('builds', '+');
const text = readFileSync('src/a.ts', 'utf8');
if (text === 'broken') process.exit(2);
mkdirSync('dist', { recursive: true });
writeFileSync('dist/a.js', text);
`;

let root: string;

/** Makes a small project with one source and one package. The package is a folder, so that nothing is downloaded. */
beforeEach(() => {
  root = temporaryFolder();
  mkdirSync(join(root, 'src/launcher'), { recursive: true });
  mkdirSync(join(root, 'packages/small'), { recursive: true });
  cpSync(join(SRC, 'launcher/setup.mjs'), join(root, 'src/launcher/setup.mjs'));
  cpSync(join(SRC, 'system'), join(root, 'src/system'), { recursive: true });
  write('src/a.ts', 'one');
  write('build.cjs', BUILD);
  write('tsconfig.json', '{}');
  write('packages/small/package.json', JSON.stringify({ name: 'small', version: '1.0.0' }));
  const dependencies = { small: 'file:packages/small' };
  write(
    'package.json',
    JSON.stringify({ name: 'x', version: '1.0.0', scripts: { build: 'node build.cjs' }, dependencies }),
  );
  writeLock('1.0.0');
});

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

function writeLock(version: string): void {
  const packages = {
    '': { name: 'x', version: '1.0.0', dependencies: { small: 'file:packages/small' } },
    'node_modules/small': { resolved: 'packages/small', link: true },
    'packages/small': { name: 'small', version },
    'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['aix'] },
  };
  write(
    'package-lock.json',
    JSON.stringify({ name: 'x', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
  );
}

function setup(env: NodeJS.ProcessEnv = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['src/launcher/setup.mjs'], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  const said = stderr.split('\n').filter((line) => line.startsWith('trainpost: '));
  return { status, said: said.map((line) => line.slice('trainpost: '.length)) };
}

const INSTALLS = 'installing the packages of package-lock.json';
const BUILDS = 'building dist from src';

describe('setup', () => {
  it('installs and builds on a fresh clone, and then does nothing', () => {
    expect(setup()).toEqual({ status: 0, said: [INSTALLS, BUILDS] });
    expect(readFileSync(join(root, 'dist/a.js'), 'utf8')).toBe('one');
    expect(setup()).toEqual({ status: 0, said: [] });
    expect(readFileSync(join(root, 'builds'), 'utf8')).toBe('+');
  });

  it.each([
    ['a source changed', () => write('src/a.ts', 'two'), [BUILDS]],
    ['a source was added', () => write('src/b.ts', ''), [BUILDS]],
    ['dist is missing', () => rmSync(join(root, 'dist'), { recursive: true }), [BUILDS]],
    ['node_modules is missing', () => rmSync(join(root, 'node_modules'), { recursive: true }), [INSTALLS]],
    [
      'an installation was interrupted',
      () => rmSync(join(root, 'node_modules/.package-lock.json')),
      [INSTALLS],
    ],
    [
      'the lock file names another version',
      () => {
        write('packages/small/package.json', JSON.stringify({ name: 'small', version: '2.0.0' }));
        writeLock('2.0.0');
      },
      [INSTALLS, BUILDS],
    ],
  ])('installs or builds if %s', (_name, change, said) => {
    setup();
    change();
    expect(setup()).toEqual({ status: 0, said });
    expect(setup()).toEqual({ status: 0, said: [] });
  });

  it('removes the files of an earlier build', () => {
    setup();
    write('dist/stale.js', '');
    write('src/a.ts', 'two');
    setup();
    expect(readdirSync(join(root, 'dist')).sort()).toEqual(['.built-from', 'a.js']);
  });

  it('stops if the build fails, and builds again the next time', () => {
    write('src/a.ts', 'broken');
    expect(setup()).toMatchObject({
      status: 1,
      said: [INSTALLS, BUILDS, expect.stringContaining('npm run --silent build failed')],
    });
    expect(setup()).toMatchObject({ status: 1, said: [BUILDS, expect.stringContaining('failed')] });
    write('src/a.ts', 'right');
    expect(setup()).toEqual({ status: 0, said: [BUILDS] });
  });

  it('stops with one sentence if Node is too old', () => {
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.18.3'}})`;
    expect(setup({ NODE_OPTIONS: `--import=${old}` })).toEqual({
      status: 1,
      said: ['trainpost needs Node 20.19 or newer, and this is 20.18.3: install Node 24.'],
    });
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it('does the work once if three run at once after a killed one, and the others say that they wait', async () => {
    mkdirSync(join(root, '.mlflow'));
    write('.mlflow/setup.lock-1', contentOf(await endedProcess()));
    // The build ends only when the test has seen that the others wait.
    const wait =
      'while (!require("node:fs").existsSync("go")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);';
    write('build.cjs', `${wait}\n${BUILD}`);
    const all = [1, 2, 3].map(() =>
      spawn(process.execPath, ['src/launcher/setup.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    let said = '';
    for (const { stderr } of all) stderr.on('data', (chunk) => (said += chunk));
    const ends = Promise.all(all.map((child) => once(child, 'close')));
    const waits = /waiting for process \d+ on .+, which installs or builds/g;
    await expect.poll(() => said.match(waits)).toHaveLength(2);
    write('go', '');
    expect(await ends).toEqual(all.map(() => [0, null]));
    expect(readFileSync(join(root, 'builds'), 'utf8')).toBe('+');
    expect(readdirSync(join(root, '.mlflow'))).toHaveLength(1);
  });
});
