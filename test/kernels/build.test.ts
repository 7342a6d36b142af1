import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BUILD = 'src/kernels/build.mjs';
const WASM = 'dist/kernels/kernels.wasm';
const SOURCE = 'src/kernels/assembly/index.ts';
const COMPILER = 'node_modules/assemblyscript/package.json';

/** Stands in for the compiler. The result is the source, each call is counted, and a broken source is an error. */
const ASC = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
export async function main(args) {
  appendFileSync('compilations', '+');
  const source = readFileSync('${SOURCE}', 'utf8');
  if (source === 'broken') return { error: new Error('broken') };
  writeFileSync(args[args.indexOf('--outFile') + 1], source);
  return { error: null };
}
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trainpost-kernels-'));
  write(BUILD, '');
  cpSync(join(import.meta.dirname, '../..', BUILD), join(root, BUILD));
  write(SOURCE, 'one');
  write('src/kernels/assembly/asconfig.json', '{}');
  writeCompiler('1.0.0');
  write('node_modules/assemblyscript/asc.mjs', ASC);
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writeCompiler(version: string): void {
  write(COMPILER, JSON.stringify({ name: 'assemblyscript', version, exports: { './asc': './asc.mjs' } }));
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const build = () => spawnSync(process.execPath, [join(root, BUILD)]).status;

describe('build.mjs', () => {
  it('compiles the kernels if there are none, and then does nothing', () => {
    expect([build(), build()]).toEqual([0, 0]);
    expect(read(WASM)).toBe('one');
    expect(read('compilations')).toBe('+');
  });

  it.each<[string, () => void, string]>([
    ['a source has changed', () => write(SOURCE, 'two'), 'two'],
    ['a source was added', () => write('src/kernels/assembly/more/one.ts', ''), 'one'],
    ['an option has changed', () => write('src/kernels/assembly/asconfig.json', '{ }'), 'one'],
    ['the compiler is another version', () => writeCompiler('1.0.1'), 'one'],
    ['the kernels are gone', () => rmSync(join(root, WASM)), 'one'],
    ['the kernels were compiled by hand from another source', () => write(WASM, 'other'), 'one'],
  ])('compiles them again if %s', (_name, change, compiled) => {
    build();
    change();
    expect(build()).toBe(0);
    expect(read(WASM)).toBe(compiled);
    expect(read('compilations')).toBe('++');
  });

  it('goes by contents and not by dates', () => {
    build();
    utimesSync(join(root, SOURCE), new Date(), new Date(Date.now() + 60_000));
    build();
    expect(read('compilations')).toBe('+');
  });

  it('fails as long as a source does not compile, and leaves the kernels as they are', () => {
    build();
    write(SOURCE, 'broken');
    expect([build(), build()]).toEqual([1, 1]);
    expect(read(WASM)).toBe('one');
    write(SOURCE, 'two');
    expect(build()).toBe(0);
    expect(read(WASM)).toBe('two');
    expect(existsSync(join(root, 'dist/kernels/.built-from'))).toBe(true);
  });
});
