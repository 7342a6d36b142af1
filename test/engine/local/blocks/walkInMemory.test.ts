import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerRoom } from '../../../../src/engine/local/blocks/answerRoom.ts';
import { measure, measureTask, sortedScores } from '../../../../src/engine/local/blocks/measure.ts';
import { Scratch } from '../../../../src/engine/local/blocks/scratch.ts';
import { FIRST_ADDRESS, sharedMemory } from '../../../../src/kernels/module.ts';
import { classCurves } from '../../../../src/ml/curves/curves.ts';

const GARBAGE = 0xff;

/** The curves of rows as a training computes them, and as the plain walk does from the same sorted scores. */
function bothCurves(codes: Uint8Array, proba: Float64Array, positiveCode: number) {
  const room = new AnswerRoom(new Scratch(sharedMemory(), FIRST_ADDRESS), codes.length);
  new Uint8Array(room.memory.buffer).fill(GARBAGE, FIRST_ADDRESS);
  room.proba.set(proba);
  room.predicted.set(proba.map((p) => Number(p > 0.5)));
  const result = {
    trueCodes: codes,
    predictedCodes: room.predicted,
    proba: { nSamples: codes.length, nFeatures: 1, columns: [room.proba] },
    nClasses: 2,
    positiveCode,
  };
  const task = measureTask(() => room, result, true);
  const found = measure(task).curves!.ofClasses[0]!;
  const marked = sortedScores(task)!.slice();
  const positives = codes.filter((code) => code === positiveCode).length;
  return { found, expected: classCurves({ code: positiveCode, marked, positives }) };
}

function expectSameBits(codes: Uint8Array, proba: Float64Array): void {
  for (const positive of [0, 1]) {
    const { found, expected } = bothCurves(codes, proba, positive);
    expect(found).toStrictEqual(expected);
  }
}

/** Numbers that look random, the same in every run. */
const spread = (i: number, of: number) => ((i * 7_919) % of) / of;

describe('walkInMemory', () => {
  it.each<[string, number, (i: number) => number, (i: number) => number]>([
    ['one row', 1, () => 0.5, () => 1],
    ['rows of one class', 50, (i) => i / 50, () => 1],
    ['equal scores', 3_000, () => 0.25, (i) => i % 2],
    ['scores at both ends', 3_000, (i) => i % 2, (i) => Number(i % 3 === 0)],
    ['few scores', 10_000, (i) => spread(i, 9), (i) => Number(i % 5 === 0)],
    ['rare positives', 30_000, (i) => spread(i, 29_989), (i) => Number(i % 1_000 === 0)],
    ['more points than a curve keeps', 30_000, (i) => spread(i, 29_989), (i) => Number(spread(i, 101) > 0.4)],
  ])('gives the bits of the plain walk for %s', (_name, rows, scoreOf, codeOf) => {
    expectSameBits(
      Uint8Array.from({ length: rows }, (_, i) => codeOf(i)),
      Float64Array.from({ length: rows }, (_, i) => scoreOf(i)),
    );
  });

  it('gives the bits of the plain walk for any rows', () => {
    const score = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }).map(Math.abs),
      fc.integer({ min: 0, max: 8 }).map((part) => part / 8),
    );
    const row = fc.record({ code: fc.nat(1), score });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 200 }), (rows) =>
        expectSameBits(
          Uint8Array.from(rows, ({ code }) => code),
          Float64Array.from(rows, (one) => one.score),
        ),
      ),
      { numRuns: 200 },
    );
  });
});
