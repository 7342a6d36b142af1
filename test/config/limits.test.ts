import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import { usableBytes } from '../../src/config/memory.ts';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

describe('limitsOf', () => {
  it('has every limit with a status, and with the default where nothing is set', () => {
    for (const row of limitsOf(readConfig({}))) {
      expect(row.limit, row.bounds).toBe(row.default);
      expect(row.status, row.bounds).toBeGreaterThan(200);
    }
  });

  it.each(limitsOf(readConfig({})).filter(({ setting }) => setting !== undefined))(
    '$setting: $bounds, is what the environment says, and stands in the README',
    ({ setting = '', bounds, ...row }) => {
      const env = { [setting]: String(row.default + 1) };
      const changed = limitsOf(readConfig(env)).filter(({ limit, default: usual }) => limit !== usual);
      expect(changed.map((one) => [one.setting, one.limit])).toContainEqual([setting, row.default + 1]);
      expect(new Set(changed.map((one) => one.setting))).toEqual(new Set([setting]));
      expect(bounds).not.toBe('');
      expect(README.includes(`\`${setting}\``), 'README.md').toBe(true);
    },
  );
});

describe('the memory that the process may use', () => {
  it.each([
    ['of a container', 512e6, 16e9, 512e6],
    ['of the machine, where the container may have more', 64e9, 16e9, 16e9],
    ['of the machine, where there is no container', 0, 16e9, 16e9],
    ['of the machine, where the container has no bound', 2 ** 64, 16e9, 16e9],
  ])('is that %s', (_name, constrained, total, usable) => {
    expect(usableBytes(constrained, total)).toBe(usable);
  });

  it('is halved for all tables', () => {
    const { memory } = readConfig({});
    expect(memory.bytesMax).toBe(Math.max(2 ** 25, Math.floor(usableBytes() / 2)));
    expect(memory.heapBytesMax).toBe(Math.min(2 ** 30, memory.bytesMax));
  });
});
