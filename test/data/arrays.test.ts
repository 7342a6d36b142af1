import { describe, expect, it } from 'vitest';
import { toArrays } from '../../src/data/arrays.ts';
import { type Roles, toDataset } from '../../src/data/dataset.ts';
import { readTable } from '../../src/data/readTable.ts';

const arrays = (text: string, roles: Partial<Roles> = {}) =>
  toArrays(toDataset(readTable(Buffer.from(text)), { ignore: [], missing: 'error', ...roles }));

describe('toArrays', () => {
  it('returns numbers by column and labels by row', () => {
    expect(arrays('a,b,t\n1,0.5,yes\n2,-3,no\n4,1e3,yes\n')).toEqual({
      X: {
        nSamples: 3,
        nFeatures: 2,
        columns: [new Float64Array([1, 2, 4]), new Float64Array([0.5, -3, 1000])],
      },
      y: ['yes', 'no', 'yes'],
    });
  });

  it('leaves out dropped rows, and has NaN for other missing values', () => {
    const text = 'a,t\n1,1\n,0\n3,0\n';
    expect(arrays(text, { missing: 'drop' })).toMatchObject({
      X: { nSamples: 2, columns: [new Float64Array([1, 3])] },
      y: [1, 0],
    });
    expect(arrays(text, { missing: 'mean' }).X.columns).toEqual([new Float64Array([1, Number.NaN, 3])]);
  });

  it('rejects text', () => {
    expect(() => arrays('a,k,t\n1,x,1\n2,y,0\n')).toThrow(
      expect.objectContaining({ code: 'text_column', details: { column: 'k' } }),
    );
  });
});
