import { describe, expect, it } from 'vitest';
import { cheapest, costOf, countsAt, matrixOf, metricsOf, placeOf } from '../../src/reports/thresholds.ts';

const rows = { threshold: [0.9, 0.5, 0.2], tp: [1, 3, 4], fp: [0, 1, 5], tn: [5, 4, 0], fn: [3, 1, 0] };

describe('a threshold of the table', () => {
  it.each([
    [1, -1],
    [0.9, 0],
    [0.6, 0],
    [0.5, 1],
    [0, 2],
  ])('finds the place of %d', (value, place) => {
    expect(placeOf(rows, value)).toBe(place);
  });

  it('gives counts, metrics and the matrix of the counts', () => {
    const counts = countsAt(rows, 1);
    expect(counts).toEqual({ tp: 3, fp: 1, tn: 4, fn: 1 });
    expect(metricsOf(counts)).toEqual({ precision: 3 / 4, recall: 3 / 4, f1: 6 / 8, accuracy: 7 / 9 });
    expect(metricsOf({ tp: 0, fp: 0, tn: 2, fn: 0 })).toEqual({
      precision: null,
      recall: null,
      f1: null,
      accuracy: 1,
    });
    expect(matrixOf(counts, false)).toEqual([
      [4, 1],
      [1, 3],
    ]);
    expect(matrixOf(counts, true)).toEqual([
      [3, 1],
      [1, 4],
    ]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [3, 1],
    [5, 2],
  ])('finds the cheapest one if a missed row costs %d alarms', (ratio, place) => {
    expect(cheapest(rows, ratio)).toBe(place);
    expect(costOf(countsAt(rows, place), ratio)).toBe(
      Math.min(...rows.fn.map((missed, i) => ratio * missed + rows.fp[i]!)),
    );
  });
});
