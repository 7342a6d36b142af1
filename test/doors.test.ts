import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which room may open which door: ARCHITECTURE.md gives the reasons. A room may always import from itself. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  values: [],
  errors: ['values'],
  python: ['values'],
  system: [],
  net: [],
  kernels: [],
  ml: ['values', 'python'],
  data: ['values', 'errors', 'python', 'kernels', 'ml/matrix'],
  expressions: ['values', 'errors'],
  engine: ['values', 'errors', 'python', 'data', 'ml', 'kernels', 'expressions', 'models'],
  reports: ['values', 'python'],
  // The spool implements ports of `tracking` and `jobs`, and `tracking` implements one of `training`.
  spool: ['values', 'errors', 'system', 'tracking/delivery/recordStore', 'jobs/jobStore'],
  tracking: [
    'values',
    'errors',
    'python',
    'training/deliveryPort',
    'training/runsPort',
    'models/registry',
    'reports',
  ],
  training: ['values', 'errors', 'python', 'engine', 'ml', 'expressions', 'reports'],
  models: ['values', 'errors'],
  jobs: ['values', 'errors', 'training', 'engine/watch'],
  observability: [],
  http: [
    'values',
    'errors',
    'python',
    'net',
    'system',
    'data',
    'models/inputs',
    'models/port',
    'models/rows',
    'training',
    'jobs',
    'observability',
    'expressions',
    'reports',
  ],
  config: ['errors', 'net', 'data/tableLimits'],
  log: [],
  launcher: ['errors', 'config', 'system'],
  service: [
    'values',
    'config',
    'errors',
    'log',
    'system',
    'launcher',
    'engine',
    'http',
    'training',
    'spool',
    'tracking',
    'models',
    'observability',
  ],
  server: ['config', 'errors', 'system', 'log', 'service'],
  cli: [
    'errors',
    'config',
    'log',
    'client',
    'service',
    'server',
    'training/fields/table',
    'training/fields/evaluateTable',
    'training/fields/kinds',
  ],
  // The bundle must have nothing of the server: a module here is plain data, or becomes plain data in the build.
  web: [
    'values',
    'client',
    'reports/data',
    'reports/html/links',
    'reports/plots',
    'reports/tables',
    'reports/thresholds',
    'reports/verdict',
    'training/fields/plainFields',
  ],
  index: ['values', 'ml', 'data', 'errors'],
  // Types alone: a test measures the client, and finds no import in it.
  client: ['values', 'http', 'training', 'observability', 'reports/data'],
};

const SRC = join(import.meta.dirname, '../src');
/** Imports of types count as well: a reader follows them like any other. */
const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g;

/** `ml/solvers/lbfgs.ts` -> room `ml`, module `ml/solvers/lbfgs`. */
function place(file: string) {
  const module = relative(SRC, file).replace(/\.(tsx?|mjs)$/, '');
  return { module, room: module.split('/')[0] as string };
}

/** Whether a module is named, or lies in a named folder. */
function isIn(module: string, allowed: readonly string[]): boolean {
  return allowed.some((one) => module === one || module.startsWith(`${one}/`));
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) =>
    join(dirname(file), path as string),
  );
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(tsx?|mjs)$/.test(name) && !name.startsWith('kernels/assembly'))
  .map((name) => join(SRC, name));

/** The files of one circle, if the imports below `start` come back to a file on the way. */
function circleFrom(start: string, finished: Set<string>): string[] | undefined {
  const way: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const at = way.indexOf(file);
    if (at >= 0) return way.slice(at);
    if (finished.has(file)) return undefined;
    way.push(file);
    for (const next of importsOf(file)) {
      const circle = visit(next);
      if (circle !== undefined) return circle;
    }
    way.pop();
    finished.add(file);
    return undefined;
  };
  return visit(start);
}

describe('doors between rooms', () => {
  it('finds the imports it judges', () => {
    const count = files.flatMap(importsOf).length;
    expect(files.length).toBeGreaterThan(200);
    expect(count).toBeGreaterThan(800);
  });

  it.each(files.map((file) => [relative(SRC, file), file]))('%s opens only doors it may', (_name, file) => {
    const { room } = place(file as string);
    expect(Object.keys(DOORS)).toContain(room);
    const allowed = DOORS[room] ?? [];
    const forbidden = importsOf(file as string)
      .map(place)
      .filter((to) => to.room !== room && !allowed.includes(to.room) && !isIn(to.module, allowed))
      .map((to) => to.module);
    expect(forbidden).toEqual([]);
  });

  it('finds no circle between files, types included', () => {
    const finished = new Set<string>();
    const circles = files.map((file) => circleFrom(file, finished)).filter((circle) => circle !== undefined);
    expect(circles.map((circle) => circle.map((file) => relative(SRC, file)))).toEqual([]);
  });
});
