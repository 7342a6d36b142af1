import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerRoom } from '../../../../src/engine/local/blocks/answerRoom.ts';
import { measure, measureTask } from '../../../../src/engine/local/blocks/measure.ts';
import { Scratch } from '../../../../src/engine/local/blocks/scratch.ts';
import { FIRST_ADDRESS, sharedMemory } from '../../../../src/kernels/module.ts';
import { codedMetrics } from '../../../../src/ml/codedMetrics.ts';

const memory = sharedMemory();

/** Both ways to measure rows of two classes, given the class and the score of each row. A score above 0 predicts class 1. */
function bothWays(rows: readonly (readonly [code: number, proba: number])[], positiveCode: number) {
  const room = new AnswerRoom(new Scratch(memory, FIRST_ADDRESS), rows.length);
  const { predicted: predictedCodes, proba } = room;
  for (const [row, [, p]] of rows.entries()) {
    predictedCodes[row] = p > 0.5 ? 1 : 0;
    proba[row] = p;
  }
  const result = {
    trueCodes: Uint8Array.from(rows, ([code]) => code),
    predictedCodes,
    proba: { nSamples: rows.length, nFeatures: 1, columns: [proba] },
    nClasses: 2,
    positiveCode,
  };
  const job = measureTask(() => room, result);
  expect(job).toHaveProperty('memory');
  return { found: measure(job), plain: codedMetrics(result) };
}

function expectSame(rows: readonly (readonly [number, number])[], positiveCode: number) {
  const { found, plain } = bothWays(rows, positiveCode);
  const { log_loss, ...others } = plain.metrics;
  expect(found.undefinedMetrics).toEqual(plain.undefinedMetrics);
  // These metrics come from whole counts, so they are the same to the last bit.
  expect(found.metrics).toEqual({ ...others, log_loss: expect.any(Number) });
  if (Number.isNaN(log_loss)) expect(found.metrics.log_loss).toBeNaN();
  else {
    // The kernel takes the logarithm of products, and each product may be rounded by half an ulp of 1.
    const bound = 4e-15 * log_loss + 2 ** -53;
    expect(Math.abs(found.metrics.log_loss - log_loss)).toBeLessThanOrEqual(bound);
  }
}

const code = fc.constantFrom(0, 1);
const proba = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
  fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
  fc.integer({ min: 0, max: 60 }).map((power) => 10 ** -power),
  fc.constantFrom(0, 1, 5e-324, 1 - 2 ** -53, 2 ** -52, 2 ** -53),
);

/** Xorshift (Marsaglia, 2003). */
function randoms(seed: number) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('two classes that are measured in packed memory', () => {
  it('have the same metrics as plain values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(code, proba), { minLength: 1, maxLength: 200 }), code, expectSame),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, (u: number, row: number) => number]>([
    ['spread', (u) => u],
    ['crowded at one end', (u) => u ** 40],
    ['crowded at both ends', (u) => 1 / (1 + Math.exp((0.5 - u) * 200))],
    ['crowded within a crowd', (u, row) => (row % 3 === 0 ? u : 1e-9 + 1e-18 * u ** 30)],
    ['equal except for one row', (_u, row) => (row === 7 ? 1 : 0.25)],
    ['few', (u) => Math.round(u * 5) / 5],
    ['falling', (_u, row) => 1 - row / 50_000],
    // Their distance from each other is so small that its inverse is infinite.
    ['nearly 0', (u) => Math.floor(u * 1_000) * 5e-324],
  ])('have the same metrics for many rows whose probabilities are %s', (_name, probaOf) => {
    const random = randoms(2_463_534_242);
    const rows = Array.from({ length: 50_000 }, (_, row) => {
      const p = probaOf(random(), row);
      return [random() < 0.2 + 0.6 * p ? 1 : 0, p] as const;
    });
    for (const positiveCode of [0, 1]) expectSame(rows, positiveCode);
    expectSame(rows.slice(1), 1);
  });

  it('have undefined metrics for a single class, and for a probability that is NaN', () => {
    expectSame(
      [
        [1, 0.5],
        [1, 0.25],
      ],
      1,
    );
    expectSame(
      [
        [0, 0.5],
        [0, 0.25],
      ],
      1,
    );
    expectSame(
      [
        [0, 0.5],
        [1, Number.NaN],
        [1, 0.1],
      ],
      1,
    );
  });
});
