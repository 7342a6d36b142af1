import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import { usableBytes } from '../../src/config/machine.ts';
import * as errors from '../../src/errors.ts';
import { HttpError, toHttp } from '../../src/http/problem.ts';

const SRC = join(import.meta.dirname, '../../src');
/** The texts of the sources that throw. */
const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(
    (path) => path.endsWith('.ts') && !path.startsWith('config') && !path.startsWith('kernels/assembly'),
  )
  .map((path) => readFileSync(join(SRC, path), 'utf8'));
/** Not the status of an error: the training is accepted. The codes appear in `last_error` of its delivery. */
const ACCEPTED = 202;

const limits = limitsOf(readConfig({}));

describe('limitsOf', () => {
  it('has the default of each limit if nothing is set', () => {
    for (const row of limits) expect(row.limit, row.bounds).toBe(row.default);
  });

  it.each(limits.filter((row) => 'setting' in row))(
    '$setting: $bounds, has the value of the environment',
    ({ setting, default: usual }) => {
      const changed = limitsOf(readConfig({ [setting]: String(usual + 1) }))
        .filter((row) => 'setting' in row)
        .filter((row) => row.limit !== row.default);
      expect(changed.map((row) => [row.setting, row.limit])).toContainEqual([setting, usual + 1]);
      expect(new Set(changed.map((row) => row.setting))).toEqual(new Set([setting]));
    },
  );

  it('shows a share of the disk as the percentage that was set', () => {
    // 0.29 * 100 is 28.999999999999996.
    for (const percent of [0, 7, 29, 58, 99]) {
      const rows = limitsOf(readConfig({ SPOOL_DISK_FREE_PERCENT_MIN: String(percent) }));
      expect(rows.find(({ unit }) => unit === 'percent')?.limit).toBe(percent);
    }
  });

  it.each(limits.flatMap(({ status, codes }) => codes.map((code) => ({ code, status }))))(
    '$code is thrown somewhere, and answered with $status',
    ({ code, status }) => {
      const statuses = SOURCES.flatMap((source) => statusesOf(code, source));
      expect(statuses).not.toEqual([]);
      if (status !== ACCEPTED) expect(new Set(statuses)).toEqual(new Set([status]));
    },
  );

  it.each([
    [`throw new BusyError('a_code', 'says')`, [429]],
    [`return new HttpError(\n  408,\n  'a_code',\n`, [408]],
    [`refuse('a_code'); function refuse(code) { return new HttpError(400, code, says) }`, [400]],
    [`full('rows'); new DataError(\`a_\${what}\`, says); full('code')`, [422]],
    [`codes: ['a_code']`, []],
    [`new BusyError('a_code_2')`, []],
  ])('reads the status of a code in %j', (source, statuses) => {
    expect(statusesOf('a_code', source)).toEqual(statuses);
  });
});

/** The statuses of all errors with this code that a source makes, directly or with a function in the same file. */
function statusesOf(code: string, source: string): number[] {
  const template = templateOf(code, source);
  const made = new RegExp(`(\\w+)\\(\\s*(?:(\\d{3}),\\s*)?(?:'${code}'|\`${template}\`)`, 'g');
  return [...source.matchAll(made)].flatMap(([, maker = '', status]) => {
    const own = new RegExp(`function ${maker}\\b[^]*?new (\\w+Error)\\(\\s*(\\d{3})?`).exec(source);
    return statusOf(own?.[1] ?? maker, code, own?.[2] ?? status) ?? [];
  });
}

/** The code as a template: `too_many_rows` may stand in a source as `too_many_${what}`, if 'rows' stands there too. */
function templateOf(code: string, source: string): string {
  const last = code.slice(code.lastIndexOf('_') + 1);
  const isThere = new RegExp(`['"]${last}['"]`).test(source);
  return isThere ? `${code.slice(0, -last.length)}\\$\\{\\w+\\}` : code;
}

function statusOf(name: string, code: string, status: string | undefined): number | undefined {
  if (name === 'HttpError') return toHttp(new HttpError(Number(status), code, '')).status;
  // Errors of MLflow appear in a delivery.
  if (name === 'CallFailedError') return ACCEPTED;
  const Made = (errors as Readonly<Record<string, unknown>>)[name] as
    | (new (
        code: string,
      ) => Error)
    | undefined;
  return Made && toHttp(new Made(code)).status;
}

describe('the memory that the process may use', () => {
  it.each([
    ['of a container', 512e6, 16e9, 512e6],
    ['of the machine, if the container may have more', 64e9, 16e9, 16e9],
    ['of the machine, if there is no container', 0, 16e9, 16e9],
    ['of the machine, if the container has no limit', 2 ** 64, 16e9, 16e9],
  ])('is the memory %s', (_name, constrained, total, usable) => {
    expect(usableBytes(constrained, total)).toBe(usable);
  });

  it('is halved for all tables', () => {
    const { memory } = readConfig({});
    expect(memory.memoryBytesMax).toBe(Math.max(2 ** 25, Math.floor(usableBytes() / 2)));
    expect(memory.heapBytesMax).toBe(Math.min(2 ** 30, memory.memoryBytesMax));
  });
});
