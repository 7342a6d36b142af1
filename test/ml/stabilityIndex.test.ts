import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { populationStabilityIndex, SHARE_MIN } from '../../src/ml/stabilityIndex.ts';

type Case = readonly [expected: readonly number[], actual: readonly number[], index: number];
const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/drift/drift.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

describe('populationStabilityIndex', () => {
  it.each(cases)('of %j and %j is that of Python', (expected, actual, index) => {
    expect(populationStabilityIndex(expected, actual)).toBeCloseTo(index, 12);
  });

  it('is finite for a bin that only one side has, and the same for both directions', () => {
    const index = (1 - SHARE_MIN) * Math.log(1 / SHARE_MIN) * 2;
    expect(populationStabilityIndex([4, 0], [0, 9])).toBeCloseTo(index, 12);
    expect(populationStabilityIndex([0, 9], [4, 0])).toBeCloseTo(index, 12);
  });

  it.each([
    [
      [0, 0],
      [1, 2],
    ],
    [
      [1, 2],
      [0, 0],
    ],
  ])('is NaN if a side has no rows: %j and %j', (expected, actual) => {
    expect(populationStabilityIndex(expected, actual)).toBeNaN();
  });
});
