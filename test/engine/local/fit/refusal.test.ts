import { describe, expect, it } from 'vitest';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { planFor } from '../../../support/plans.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const LARGEST = '1.7976931348623157e308';

/** Ten rows whose fifth row, which is a test row by default, has this value in column `far`. */
const table = (fifth: string, text = false) =>
  bytes(
    `${text ? 'word,' : ''}near,far,y\n${Array.from({ length: 10 }, (_, i) => {
      const far = i === 4 ? fifth : String(i * 0.05);
      return `${text ? `${i % 2 ? 'a' : 'b'},` : ''}${i % 3},${far},${i % 2}\n`;
    }).join('')}`,
  );

describe('a value that an estimator rejects', () => {
  it.each([
    ['is too large once it is scaled', false],
    ['stands beside text columns', true],
  ])('names row and column of a test row that %s', async (_, text) => {
    await expect(runCsv(table(LARGEST, text), await planFor({}))).rejects.toMatchObject({
      name: 'DataError',
      code: 'cannot_be_predicted',
      details: { row: 5, column: 'far', value: '1.7976931348623157e+308' },
      message: expect.stringContaining('Row 5 has 1.7976931348623157e+308 in column "far"'),
    });
  });

  it('names the column whose mean overflows', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i < 4 ? '' : LARGEST},${i % 2}\n`).join('');
    await expect(runCsv(bytes(`a,b,y\n${rows}`), await planFor({ missing: 'mean' }))).rejects.toMatchObject({
      code: 'cannot_be_fitted',
      details: { column: 'b' },
      message: expect.stringContaining('The mean of column "b" is Infinity'),
    });
  });
});
