import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { type Design, writeDesign } from './designs.ts';
import { LOSS_CASES, lossProblems, plainLogLoss, type Rows } from './lossCases.ts';
import { Room } from './room.ts';

const room = new Room();

/** Columns of the kernel's scratch beside the decoded columns. */
const MORE_COLUMNS = 2;

function expectLogLoss(design: Design, rows: Rows): void {
  room.scope(() => {
    const { args, scratch } = writeDesign(room, design, MORE_COLUMNS);
    const nSums = design.notes.length + 2;
    const nSpans = design.spans.length;
    const codes = room.put(Uint8Array.from(rows.codes));
    const [weights, w] = [room.put(Float64Array.from(rows.weights)), room.put(Float64Array.from(rows.w))];
    const out = room.take(2 * nSpans * nSums * 8);
    for (let span = nSpans - 1; span >= 0; span--) {
      room.kernels.logLossOfBlock(...args, codes, weights, w, 1, out, span, scratch);
    }
    for (let span = 0; span < nSpans; span++) {
      const [sums, errors] = [0, 1].map((i) => room.doubles(out + (2 * span + i) * nSums * 8, nSums));
      const { sums: expected, tolerances } = plainLogLoss(design, span, rows);
      const names = (j: number) => (j === nSums - 1 ? 'the loss' : `the derivative by weight ${j}`);
      const { block, first, rows: count } = design.spans[span]!;
      expectNumbers(
        (j) => `${names(j)} of rows ${first} to ${first + count} of block ${block}, ${JSON.stringify(rows)}`,
        sums!.map((sum, j) => sum + errors![j]!),
        expected,
        (j) => tolerances[j]!,
      );
    }
  });
}

/** The sums of each span at each point, and their errors, from one pass. */
function sumsAt(
  design: Design,
  { codes, weights }: Rows,
  points: readonly (readonly number[])[],
): number[][][] {
  return room.scope(() => {
    const { args, scratch } = writeDesign(room, design, MORE_COLUMNS);
    const nSums = design.notes.length + 2;
    const all = points.length * nSums;
    const at = [Uint8Array.from(codes), Float64Array.from(weights), Float64Array.from(points.flat())];
    const out = room.take(2 * design.spans.length * all * 8);
    return design.spans.map((_, span) => {
      const [codesAt, weightsAt, pointsAt] = at.map((values) => room.put(values)) as [number, number, number];
      room.kernels.logLossOfBlock(...args, codesAt, weightsAt, pointsAt, points.length, out, span, scratch);
      const [sums, errors] = [0, 1].map((i) => [...room.doubles(out + (2 * span + i) * all * 8, all)]);
      return points.map((_point, k) => [
        ...sums!.slice(k * nSums, (k + 1) * nSums),
        ...errors!.slice(k * nSums, (k + 1) * nSums),
      ]);
    });
  });
}

describe('logLossOfBlock', () => {
  it('gives each of several points what it gives the point alone, to the last bit', () => {
    fc.assert(
      fc.property(lossProblems(), ([design, rows]) => {
        const points = [1, -0.5, 1, 3].map((factor) => rows.w.map((value) => factor * value));
        const together = sumsAt(design, rows, points);
        for (const [k, point] of points.entries()) {
          const alone = sumsAt(design, rows, [point]);
          expect(together.map((ofSpan) => ofSpan[k])).toEqual(alone.map((ofSpan) => ofSpan[0]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(LOSS_CASES)('sums up %s', (_name, [design, rows]) => expectLogLoss(design, rows));

  it('sums up what a plain loop does, in every block, span and chunk', () => {
    fc.assert(
      fc.property(lossProblems(), ([design, part]) => expectLogLoss(design, part)),
      { numRuns: 200 },
    );
  });
});
