import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classCurves, manyCurves } from '../../../src/ml/curves/curves.ts';
import { markScores } from '../../../src/ml/curves/markedScores.ts';
import type { ClassCurves, Cuts } from '../../../src/values/curves.ts';

interface Reference {
  readonly roc: { readonly threshold: number[]; readonly fpr: number[]; readonly tpr: number[] };
  readonly pr: { readonly threshold: number[]; readonly precision: number[]; readonly recall: number[] };
  readonly calibration: { readonly share: number[]; readonly mean: number[] };
  readonly histogram: readonly [number[], number[]];
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly brier: number;
}

const { two, many } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/curves/curves.json'), 'utf8'),
) as {
  two: { name: string; y: number[]; p: number[]; curves: Reference }[];
  many: { y: number[]; predicted: number[]; proba: number[][]; confusion: number[][]; curves: Reference[] };
};

function curvesFor(y: readonly number[], p: readonly number[], code = 1): ClassCurves {
  const marked = markScores(Uint8Array.from(y), Float64Array.from(p), code)!;
  return classCurves({ code, marked, positives: y.filter((one) => one === code).length });
}

function expectClose(found: readonly number[], expected: readonly number[], bound = 1e-12) {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(bound);
}

/** scikit-learn's curve ends with the first threshold that finds every positive row. */
function untilAllFound({ threshold, tp, fp }: Cuts, length: number): Cuts {
  return { threshold: threshold.slice(0, length), tp: tp.slice(0, length), fp: fp.slice(0, length) };
}

function expectSame(found: ClassCurves, expected: Reference) {
  const { positives, negatives, roc } = found;
  expect(roc.threshold).toEqual(expected.roc.threshold);
  expectClose(
    roc.tp.map((tp) => tp / positives),
    expected.roc.tpr,
  );
  expectClose(
    roc.fp.map((fp) => fp / negatives),
    expected.roc.fpr,
  );
  const pr = untilAllFound(found.precisionRecall, expected.pr.threshold.length);
  expect(pr.threshold).toEqual(expected.pr.threshold);
  expectClose(
    pr.tp.map((tp) => tp / positives),
    expected.pr.recall,
  );
  expectClose(
    pr.tp.map((tp, i) => tp / (tp + pr.fp[i]!)),
    expected.pr.precision,
  );
  expectClose(found.calibration.share, expected.calibration.share);
  expectClose(found.calibration.mean, expected.calibration.mean);
  expect([found.histogram.positives, found.histogram.negatives]).toEqual(expected.histogram);
  expectClose(
    [found.rocAuc, found.averagePrecision, found.brier],
    [expected.rocAuc, expected.averagePrecision, expected.brier],
  );
}

describe('curves of one class', () => {
  it.each(two.map((one) => [one.name, one] as const))('are those of scikit-learn: %s', (_name, one) => {
    expectSame(curvesFor(one.y, one.p), one.curves);
  });

  it('have counts of all rows for 200,000 rows, and stay within 1/1,000 of the whole curve', () => {
    const rows = 200_000;
    const p = Array.from({ length: rows }, (_, i) => (((i * 7_919) % rows) + 0.5) / rows);
    const y = p.map((one, i) => (((i * 104_729) % 1_000) / 1_000 < one ** 3 ? 1 : 0));
    const found = curvesFor(y, p);
    for (const cuts of [found.roc, found.precisionRecall, found.table]) {
      expect(cuts.threshold.length).toBeLessThanOrEqual(500);
      for (const [i, threshold] of cuts.threshold.entries()) {
        if (i % 50 !== 0) continue;
        const above = y.filter((_, row) => p[row]! >= threshold);
        expect([cuts.tp[i], cuts.fp[i]]).toEqual([
          above.filter((one) => one === 1).length,
          above.filter((one) => one === 0).length,
        ]);
      }
    }
    const area = found.roc.tp.reduce((sum, tp, i) => {
      const width = found.roc.fp[i]! - (found.roc.fp[i - 1] ?? 0);
      return sum + (width * (tp + (found.roc.tp[i - 1] ?? 0))) / 2;
    }, 0);
    expect(Math.abs(area / (found.positives * found.negatives) - found.rocAuc)).toBeLessThan(0.001);
    // The table has a row near each two-hundredth.
    for (let step = 1; step < 200; step++) {
      expect(found.table.threshold.some((one) => Math.abs(one - step / 200) < 0.002)).toBe(true);
    }
  });

  it('have counts, and no areas, for rows of a single class', () => {
    const found = curvesFor([1, 1, 1], [0.2, 0.2, 0.9]);
    expect(found.roc).toEqual({ threshold: [0.9, 0.2], tp: [1, 3], fp: [0, 0] });
    expect(found.rocAuc).toBeNaN();
    expect(curvesFor([0, 0], [0, 0]).averagePrecision).toBeNaN();
  });

  it('do not exist if a probability is NaN', () => {
    expect(markScores(Uint8Array.of(0, 1), Float64Array.of(0.5, Number.NaN), 1)).toBeUndefined();
  });
});

describe('curves of four classes', () => {
  const result = {
    trueCodes: Uint8Array.from(many.y),
    predictedCodes: Uint8Array.from(many.predicted),
    proba: {
      nSamples: many.y.length,
      nFeatures: 4,
      columns: many.proba.map((column) => Float64Array.from(column)),
    },
    nClasses: 4,
  };

  it('are those of each class against all others, with the confusion matrix', () => {
    const found = manyCurves(result)!;
    expect(found.confusion).toEqual(many.confusion);
    for (const [code, expected] of many.curves.entries()) expectSame(found.ofClasses[code]!, expected);
  });
});
