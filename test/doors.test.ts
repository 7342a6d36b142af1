import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which room may open which door: ARCHITECTURE.md gives the reasons. A room may always import from itself. */
const LEAVES = ['errors', 'result', 'ctime', 'codePoints'];
const DOORS: Readonly<Record<string, readonly string[]>> = {
  ml: ['ctime', 'codePoints'],
  kernels: [],
  data: [...LEAVES, 'kernels', 'ml/matrix'],
  engine: [...LEAVES, 'data', 'ml', 'kernels'],
  tracking: [...LEAVES, 'spool', 'ml/state', 'ml/modelLog'],
  training: [...LEAVES, 'engine', 'ml'],
  observability: [],
  http: [...LEAVES, 'hostName', 'training', 'observability'],
  spool: ['errors', 'system'],
  launcher: ['errors', 'config', 'system'],
  system: [],
  config: ['errors', 'hostName'],
  log: ['printable'],
  errors: [],
  hostName: [],
  printable: [],
  heap: [],
  // Types alone, as `tracking` takes of ml: TYPES_ONLY says so.
  result: ['ml', 'errors'],
  ctime: [],
  codePoints: [],
  mlflowConnection: ['config', 'errors', 'launcher', 'tracking'],
  service: [
    'config',
    'errors',
    'log',
    'engine',
    'http',
    'training',
    'spool',
    'tracking',
    'observability',
    'mlflowConnection',
  ],
  server: ['config', 'errors', 'heap', 'log', 'service'],
  index: ['ml', 'data', 'errors'],
};

/** Rooms that may know what ml's values look like, and not compute with them. */
const TYPES_ONLY = ['tracking', 'result', 'http'];

const SRC = join(import.meta.dirname, '../src');
const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** `ml/solvers/lbfgs.ts` -> room `ml`, module `ml/solvers/lbfgs`. */
function place(file: string) {
  const module = relative(SRC, file).replace(/\.(ts|mjs)$/, '');
  return { module, room: module.split('/')[0] as string };
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) =>
    join(dirname(file), path as string),
  );
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|mjs)$/.test(name))
  .map((name) => join(SRC, name));

describe('doors between rooms', () => {
  it.each(
    files.filter((file) => TYPES_ONLY.includes(place(file).room)).map((file) => [relative(SRC, file), file]),
  )('%s takes types alone from ml', (_name, file) => {
    const ofMl = [
      ...readFileSync(file as string, 'utf8').matchAll(/^(import|export)[^;]*?from '[^']*\/ml\/[^']*'/gm),
    ];
    expect(ofMl.map(([statement]) => statement).filter((one) => !/^(import|export) type /.test(one))).toEqual(
      [],
    );
  });

  it('finds the imports it judges', () => {
    const count = files.flatMap(importsOf).length;
    expect(files.length).toBeGreaterThan(30);
    expect(count).toBeGreaterThan(80);
  });

  it.each(files.map((file) => [relative(SRC, file), file]))('%s opens only doors it may', (_name, file) => {
    const { room } = place(file as string);
    expect(Object.keys(DOORS)).toContain(room);
    const allowed = DOORS[room] ?? [];
    const forbidden = importsOf(file as string)
      .map(place)
      .filter((to) => to.room !== room && !allowed.includes(to.room) && !allowed.includes(to.module))
      .map((to) => to.module);
    expect(forbidden).toEqual([]);
  });
});
