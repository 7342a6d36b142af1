import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const rows = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split(' | '));

describe('SECURITY.md', () => {
  it('names a defence and a test for each threat', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.length !== 3)).toEqual([]);
  });

  it.each(rows)('names tests that exist: %s', (_threat, _defence, tests = '') => {
    const paths = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path as string);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
