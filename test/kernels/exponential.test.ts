import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumber, expectNumbers } from './compare.ts';
import { doublesOf, plainDesign, writeDesign } from './designs.ts';
import { fixed, fixedExpOfMinus, fixedLog, fixedLoss, fromFixed, ulp } from './exact.ts';
import { Room } from './room.ts';

/** Larger x have the exp(-x) of this x. */
const EXPONENT_MAX = 708;
/**
 * Units in the last place. exp and log1p are right within two units, and a sum and a quotient add half a unit each. Among
 * 120,000 random scores the worst loss was 2.5 units off.
 */
const ULPS = 4;
const room = new Room();

const bounded = (z: number) => Math.sign(z) * Math.min(Math.abs(z), EXPONENT_MAX);

/** Returns 1 / (1 + exp(-z)) by exact arithmetic. */
function exactLogistic(z: number): number {
  const e = fixedExpOfMinus(fixed(Math.abs(bounded(z))));
  const one = fixed(1);
  return fromFixed(((z >= 0 ? one : e) * one) / (one + e));
}

/** Returns log(1 + exp(-score)) by exact arithmetic, with the kernel's bound of exp. */
function exactLoss(score: number): number {
  const small = fromFixed(fixedLoss(bounded(Math.abs(score))));
  return score >= 0 ? small : fromFixed(fixedLoss(bounded(score)) + fixed(bounded(score) - score));
}

/** Returns the logistic function of scores, by `classifyBlock` on one column with weight 1. */
function logistic(scores: readonly number[]): Float64Array {
  return room.scope(() => {
    const { args, scratch } = writeDesign(room, plainDesign([doublesOf(scores)], 256));
    const [codes, proba] = [room.take(scores.length), room.take(scores.length * 8)];
    const w = room.put(Float64Array.of(1, 0));
    room.kernels.classifyBlock(...args, w, 0, codes, proba, 0, scratch);
    return room.doubles(proba, scores.length).slice();
  });
}

/** Returns loss and derivative of single rows of a class, by `logLossOfBlock` on blocks of one row. */
function losses(scores: readonly number[], code: number) {
  return room.scope(() => {
    const { args, scratch } = writeDesign(room, plainDesign(scores.map((score) => doublesOf([score]))), 2);
    const codes = room.put(new Uint8Array(scores.length).fill(code));
    const weights = room.put(Float64Array.of(1, 1));
    const w = room.put(Float64Array.of(1, 0));
    const out = room.take(scores.length * 6 * 8);
    return scores.map((_, row) => {
      room.kernels.logLossOfBlock(...args, codes, weights, w, 1, out, row, scratch);
      const [, slope, loss] = room.doubles(out + row * 6 * 8, 3) as unknown as number[];
      return { slope: slope!, loss: loss! };
    });
  });
}

/** Returns -log(p), by `measureRows` on one row. */
function minusLog(p: number): number {
  return room.scope(() => {
    const [code, proba, out] = [room.put(Uint8Array.of(1)), room.put(Float64Array.of(p)), room.take(40)];
    const scratch = room.take(room.kernels.measureScratchBytes(1));
    room.kernels.measureRows(code, code, proba, 1, 1, out, scratch);
    return room.doubles(out, 5)[3]!;
  });
}

const SMALL = [
  0, 5e-324, 1e-300, 1e-17, 1.1102230246251565e-16, 1e-8, 0.1, 0.3465735902799726, 0.3465735902799727,
];
const LARGE = [0.5, 0.7, 1, 2, 7.5, 20, 36.7, 37, 40, 100, 500, 707.9, 708, 708.1, 745.2, 1_000, 1e6];
const SCORES = [...SMALL, ...LARGE];
const signed = [...SCORES, ...SCORES.map((score) => -score)];
const anyScore = fc.oneof(
  fc.double({ min: -40, max: 40, noNaN: true }),
  fc.double({ min: -720, max: 720, noNaN: true }),
  fc.double({ min: -1, max: 1, noNaN: true }),
);
const ulpsOf = (x: number) => ULPS * ulp(x);

describe('expOfMinus', () => {
  const expectLogistic = (scores: readonly number[]) => {
    // SciPy's logistic function is 0 if exp(-score) overflows.
    const expected = scores.map((score) =>
      score < -EXPONENT_MAX ? 1 / (1 + Math.exp(-score)) : exactLogistic(score),
    );
    expectNumbers(
      (i) => `1 / (1 + exp(-${scores[i]}))`,
      logistic(scores),
      expected,
      (i) => ulpsOf(expected[i]!),
    );
  };

  it('has a reference that agrees with JavaScript to a unit in the last place', () => {
    for (const score of signed) {
      const expected = Math.exp(-Math.abs(score));
      const got = fromFixed(fixedExpOfMinus(fixed(Math.min(Math.abs(score), 1_000))));
      expectNumber(`exp(-${Math.abs(score)}) in whole numbers`, got, expected, ulp(expected));
    }
  });

  it('is right within four units in the last place', () => {
    expectLogistic(signed);
    fc.assert(fc.property(fc.array(anyScore, { minLength: 1, maxLength: 40 }), expectLogistic), {
      numRuns: 30,
    });
  });

  it('is bounded, and gives NaN for NaN', () => {
    const scores = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e300];
    expectNumbers(
      (i) => `1 / (1 + exp(-${scores[i]}))`,
      logistic(scores),
      [Number.NaN, 1, 0, 0],
      () => 0,
    );
  });
});

describe('log1p', () => {
  const expectLosses = (scores: readonly number[]) => {
    for (const code of [0, 1]) {
      const got = losses(scores, code);
      for (const [i, score] of scores.entries()) {
        const ofOwn = code === 1 ? score : -score;
        const loss = exactLoss(ofOwn);
        const slope = code === 1 ? -exactLogistic(-score) : exactLogistic(score);
        expectNumber(`the loss of class ${code} with score ${score}`, got[i]!.loss, loss, ulpsOf(loss));
        expectNumber(`its derivative, ${score}`, got[i]!.slope, slope, ulpsOf(slope));
      }
    }
  };

  it('is right within four units in the last place, as log(1 + exp(-score))', () => {
    expectLosses(signed);
    fc.assert(fc.property(fc.array(anyScore, { minLength: 1, maxLength: 10 }), expectLosses), {
      numRuns: 30,
    });
  });
});

describe('logOf', () => {
  const expectLog = (p: number) => {
    const expected = -fromFixed(fixedLog(fixed(p)));
    expectNumber(`-log(${p})`, minusLog(p), expected, ulpsOf(expected));
  };

  it.each([
    0.5,
    0.25,
    2 ** -52,
    Math.SQRT1_2,
    0.7071067811865475,
    0.7071067811865477,
    1 - 2 ** -52,
    1 - 2 ** -40,
    0.99,
    0.1,
    1e-15,
  ])('is right for %d within four units in the last place', expectLog);

  it('is right for any probability', () => {
    const p = fc.oneof(
      fc.double({ min: 2 ** -52, max: 1 - 2 ** -52, noNaN: true }),
      fc.double({ min: 0.5, max: 1 - 2 ** -52, noNaN: true }),
    );
    fc.assert(fc.property(p, expectLog), { numRuns: 300 });
  });
});
