import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { type Design, writeDesign } from './designs.ts';
import { LOSS_CASES, lossProblems, plainHessian, plainLogLoss, type Rows } from './lossCases.ts';
import { Room } from './room.ts';

/** Columns of scratch beside the design's own. */
const MORE_COLUMNS = 4;
const room = new Room();

function expectHessian(design: Design, rows: Rows): void {
  room.scope(() => {
    const { args, scratch } = writeDesign(room, design, MORE_COLUMNS);
    const nParameters = design.notes.length + 1;
    const nSums = nParameters + 1 + (nParameters * (nParameters + 1)) / 2;
    const nSpans = design.spans.length;
    const codes = room.put(Uint8Array.from(rows.codes));
    const [weights, w] = [room.put(Float64Array.from(rows.weights)), room.put(Float64Array.from(rows.w))];
    const out = room.take(2 * nSpans * nSums * 8);
    for (let span = nSpans - 1; span >= 0; span--) {
      room.kernels.hessianOfBlock(...args, codes, weights, w, out, span, scratch);
    }
    for (let span = 0; span < nSpans; span++) {
      const [sums, errors] = [0, 1].map((i) => room.doubles(out + (2 * span + i) * nSums * 8, nSums));
      const first = plainLogLoss(design, span, rows);
      const second = plainHessian(design, span, rows);
      const tolerances = [...first.tolerances, ...second.tolerances];
      expectNumbers(
        (j) => `sum ${j} of span ${span}, ${JSON.stringify(rows)}`,
        sums!.map((sum, j) => sum + errors![j]!),
        [...first.sums, ...second.sums],
        (j) => tolerances[j]!,
      );
    }
  });
}

describe('hessianOfBlock', () => {
  it.each(LOSS_CASES)('sums up %s', (_name, [design, rows]) => expectHessian(design, rows));

  it('sums up what a plain loop does, in every block, span and chunk', () => {
    fc.assert(
      fc.property(lossProblems(), ([design, part]) => expectHessian(design, part)),
      { numRuns: 200 },
    );
  });
});
