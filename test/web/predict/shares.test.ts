import { describe, expect, it } from 'vitest';
import { sharesOf } from '../../../src/web/predict/shares.ts';

describe('the shares of a row', () => {
  const names = ['size', 'colour=blue', 'colour=red'];

  it('leave out the categories that the row does not have', () => {
    const contributions = { names, intercepts: [-1], values: [[0, 0.5, 0]] };
    expect(sharesOf(contributions, 0, new Set(['size', 'colour']), 1)).toEqual({
      rows: [
        { term: 'size', value: 0 },
        { term: 'colour=blue', value: 0.5 },
      ],
      intercept: -1,
      score: -0.5,
    });
  });

  it('are those of one class of several', () => {
    const values = [
      [
        [1, 0, 2],
        [3, 0, 4],
        [5, 0, 6],
      ],
    ];
    const contributions = { names, intercepts: [10, 20, 30], values };
    const shares = sharesOf(contributions, 0, new Set(['size', 'colour']), 2);
    expect(shares.rows.map(({ value }) => value)).toEqual([5, 6]);
    expect(shares).toMatchObject({ intercept: 30, score: 41 });
  });
});
