import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/web/parts/save.ts';

describe('rows as CSV', () => {
  it('have a column for each key of each row, and nested keys with a dot', () => {
    const rows = [
      { name: 'a', settings: { C: 0.1 }, value: null },
      { name: 'b', settings: { C: 1 }, isBest: true },
    ];
    expect(csvText(rows)).toBe('name,settings.C,value,isBest\na,0.1,,\nb,1,,true\n');
  });

  it('are read back as they were, and are no formulas', () => {
    const texts = [
      'plain',
      'a,b',
      'say "x"',
      'two\nlines',
      ' blanks ',
      '',
      "it's",
      '-1e5',
      '=1+1',
      '@x',
      '+1',
    ];
    const text = csvText(texts.map((one) => ({ one, number: -1.5 })));
    const rows = Papa.parse<string[]>(text.trimEnd()).data.slice(1);
    expect(rows.map(([one]) => one)).toEqual(texts.map((one) => (/^[=+\-@]/.test(one) ? `'${one}` : one)));
    expect(new Set(rows.map(([, number]) => number))).toEqual(new Set(['-1.5']));
  });
});
