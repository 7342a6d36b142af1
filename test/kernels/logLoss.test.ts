import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { type Design, writeDesign } from './designs.ts';
import { LOSS_CASES, lossProblems, plainLogLoss, type Rows } from './lossCases.ts';
import { Room } from './room.ts';

const room = new Room();

function expectLogLoss(design: Design, rows: Rows): void {
  room.scope(() => {
    const { args, scratch } = writeDesign(room, design);
    const nSums = design.notes.length + 2;
    const nSpans = design.spans.length;
    const codes = room.put(Uint8Array.from(rows.codes));
    const [weights, w] = [room.put(Float64Array.from(rows.weights)), room.put(Float64Array.from(rows.w))];
    const out = room.take(2 * nSpans * nSums * 8);
    for (let span = nSpans - 1; span >= 0; span--) {
      room.kernels.logLossOfBlock(...args, codes, weights, w, out, span, scratch);
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

describe('logLossOfBlock', () => {
  it.each(LOSS_CASES)('sums up %s', (_name, [design, rows]) => expectLogLoss(design, rows));

  it('sums up what a plain loop does, in every block, span and chunk', () => {
    fc.assert(
      fc.property(lossProblems(), ([design, part]) => expectLogLoss(design, part)),
      { numRuns: 200 },
    );
  });
});
