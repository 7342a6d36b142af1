import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldsPage } from '../../../docs/generate/fieldsPage.ts';
import { FIELD_NAMES, FIELD_ROWS } from '../../../src/training/fields/table.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/fields.md'), 'utf8');

describe('docs/fields.md', () => {
  it('is what npm run docs writes', () => {
    expect(PAGE, 'run npm run docs').toBe(fieldsPage());
  });

  it.each(FIELD_ROWS.map(([key, row]) => ({ key, ...row })))('has one row for $key', ({ names, says }) => {
    const first = `| ${names.map((name) => `\`${name}\``).join(', ')} |`;
    const lines = PAGE.split('\n').filter((line) => line.startsWith(first));
    expect(lines).toEqual([expect.stringContaining(says)]);
  });
});

describe('the table of fields', () => {
  it('has each name once', () => {
    expect(new Set(FIELD_NAMES).size).toBe(FIELD_NAMES.length);
  });

  it('has each MLflow param once', () => {
    const params = FIELD_ROWS.flatMap(([, { param }]) => param ?? []);
    expect(new Set(params).size).toBe(params.length);
  });

  it.each(FIELD_ROWS.map(([key, { says }]) => [key, says]))('says %s in sentences', (_key, says) => {
    expect(says).toMatch(/^([A-Z0-9`]|scikit-learn).*\.$/);
  });
});
