import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/readTable.ts';
import { ALL_NAMES, textRowsOf } from './tableText.ts';

/** csv-spectrum: files that CSV readers often get wrong, with their content. */
const SPECTRUM = dirname(createRequire(import.meta.url).resolve('csv-spectrum'));
const NAMES = readdirSync(join(SPECTRUM, 'csvs')).map((file) => file.replace(/\.csv$/, ''));

/** Content of files for which the package's own answer is wrong. */
const CORRECTED: Readonly<Record<string, Row>> = {
  location_coordinates: { 'Contact Phone Number': '2095257564' },
};

type Row = Readonly<Record<string, string>>;

function expectedOf(name: string): Row[] {
  const rows = JSON.parse(readFileSync(join(SPECTRUM, 'json', `${name}.json`), 'utf8')) as Row | Row[];
  return (Array.isArray(rows) ? rows : [rows]).map((row) => ({ ...row, ...CORRECTED[name] }));
}

describe('csv-spectrum', () => {
  it('is installed', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(12);
  });

  it.each(NAMES)('%s', (name) => {
    const file = readFileSync(join(SPECTRUM, 'csvs', `${name}.csv`));
    const rows = expectedOf(name);
    for (const plain of [true, false]) {
      const table = readTable(file, { plain, textColumns: ALL_NAMES });
      expect(textRowsOf(table)).toEqual([
        Object.keys(rows[0] as Row),
        ...rows.map((row) => Object.values(row)),
      ]);
    }
  });
});
