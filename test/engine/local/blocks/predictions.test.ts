import { describe, expect, test } from 'vitest';
import { MARKS } from '../../../../src/engine/local/blocks/partition.ts';
import { PackedTextColumn } from '../../../../src/engine/local/blocks/textColumn.ts';
import { DenseNumericColumn } from '../../../../src/ml/denseColumn.ts';
import type { Frame } from '../../../../src/ml/frame.ts';
import { LogisticRegression } from '../../../../src/ml/logisticRegression.ts';
import { frameOf, sourcesOf } from '../../../support/blocks.ts';

/** Rows of 5 columns. Most blocks hold rows of both row sets, one block holds rows of one set, and the last is not full. */
const N = 2_345;
const columns = Array.from({ length: 5 }, (_, j) =>
  Float64Array.from({ length: N }, (_value, i) => Math.round(300 * Math.sin(i * (j + 1.3))) / 10),
);
const marks = Uint8Array.from({ length: N }, (_, i) => (i < 1_000 ? i % 3 : i < 1_500 ? MARKS.train : i % 2));
const { train, test: rest } = sourcesOf(columns, { blockRows: 500, keys: marks });

function labelsOf(nClasses: number): number[] {
  const labels = columns[0]!.map((x, i) => Math.abs(Math.floor(x + columns[1]![i]! / 2)) % nClasses);
  return [...labels].filter((_, i) => marks[i] === MARKS.train);
}

function dense(frame: Frame): Frame {
  const arrays = frame.columns.map((column) =>
    column.kind === 'numeric' ? column.toArray() : new Float64Array(),
  );
  return { nSamples: frame.nSamples, columns: arrays.map((values) => new DenseNumericColumn(values)) };
}

describe.each([2, 3])('a model of %i classes', (nClasses) => {
  const onBlocks = frameOf(train, 5);
  const y = labelsOf(nClasses);
  const model = new LogisticRegression({ maxIter: 30 }).fit(onBlocks, y);

  test('is the same as for the same rows in arrays', () => {
    const other = new LogisticRegression({ maxIter: 30 }).fit(dense(onBlocks), y);
    expect(model.nIter_).toBe(other.nIter_);
    for (const [k, row] of model.coef_.entries()) {
      row.forEach((value, j) => {
        expect(Math.abs(value - other.coef_[k]![j]!)).toBeLessThan(1e-12);
      });
    }
  });

  test.each([
    ['training', onBlocks],
    ['test', frameOf(rest, 5)],
  ])('scores and classifies %s rows as in arrays', (_, frame) => {
    const arrays = dense(frame);
    expect(model.decisionFunction(frame)).toEqual(model.decisionFunction(arrays));
    expect(model.predict(frame)).toEqual(model.predict(arrays));
    const { codes, proba } = model.predictCoded(frame);
    expect(Array.from(codes, (code) => model.classes_[code])).toEqual(model.predict(arrays));
    const expected = model.predictProba(arrays).columns.slice(-proba.nFeatures);
    proba.columns.forEach((column, k) => {
      column.forEach((got, i) => {
        expect(Math.abs(got - expected[k]![i]!)).toBeLessThanOrEqual(4 * Number.EPSILON * expected[k]![i]!);
      });
    });
    expect(model.predictCoded(arrays).codes).toEqual(codes);
  });
});

test('more predictions than fit into one chunk', () => {
  const nOutputs = 40;
  const many = Float64Array.from({ length: 60_000 }, (_, i) => i % 100);
  const { train: all } = sourcesOf([many], { blockRows: 10_000 });
  const w = Float64Array.from({ length: 2 * nOutputs }, (_, i) => i);
  const scores = all.linearPredictor(frameOf(all, 1).columns, w);
  expect(scores).toHaveLength(nOutputs);
  scores.forEach((score, k) => {
    const wrong = score.findIndex((got, i) => got !== 2 * k * many[i]! + 2 * k + 1);
    expect([k, wrong]).toEqual([k, -1]);
  });
});

describe('a frame of packed columns is rejected', () => {
  const options = { blockRows: 2 };
  test.each([
    ['with a missing value', [1, 2, Number.NaN], /NaN in row 2, column "x0"/],
    ['with an infinite value', [1, Number.NEGATIVE_INFINITY, 2], /-Infinity in row 1, column "x0"/],
  ])('%s', (_, values, message) => {
    const frame = frameOf(sourcesOf([values], options).train, 1);
    expect(() => new LogisticRegression().fit(frame, [0, 1, 1])).toThrow(message);
  });

  test('with text', () => {
    const { train } = sourcesOf([['a', 'b', 'a']], options);
    const frame = { nSamples: 3, columns: [new PackedTextColumn(train, 0)] };
    expect(() => new LogisticRegression().fit(frame, [0, 1, 1])).toThrow(/holds text/);
  });
});
