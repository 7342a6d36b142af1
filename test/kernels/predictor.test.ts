import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { type Design, doublesOf, plainDesign, rowsOf, scoreOf, writeDesign } from './designs.ts';
import { ulp } from './exact.ts';
import { Room } from './room.ts';
import { wholeSegment } from './tables.ts';

/** Units in the last place by which a probability may differ from JavaScript's. */
const ULPS = 4;
const GARBAGE = 0xff;
const room = new Room();

/** Returns the rows of all spans from one span on. */
const rowsFrom = (design: Design, firstSpan: number) =>
  design.spans.flatMap((_, span) => (span < firstSpan ? [] : rowsOf(design, span)));

/** Runs a task on all spans from one span on, the last span first. */
function onSpans(design: Design, firstSpan: number, task: (ticket: number) => void): void {
  for (let ticket = design.spans.length - firstSpan - 1; ticket >= 0; ticket--) task(ticket);
}

/** Compares the predictions of each output with a plain loop. All numbers are small and whole, so the loop is exact. */
function expectPredicted(design: Design, outputs: readonly (readonly number[])[], firstSpan: number): void {
  room.scope(() => {
    const { args, scratch } = writeDesign(room, design);
    const x = rowsFrom(design, firstSpan);
    const w = room.put(Float64Array.from(outputs.flat()));
    // One double behind the predictions of each output must stay as it is.
    const outStride = (x.length + 1) * 8;
    const out = room.take(outputs.length * outStride);
    onSpans(design, firstSpan, (ticket) =>
      room.kernels.predictBlock(...args, w, outputs.length, firstSpan, out, outStride, ticket, scratch),
    );
    for (const [k, weights] of outputs.entries()) {
      expectNumbers(
        (row) => `output ${k}, row ${row} of ${x.length}, ${x[row]} with weights ${weights}`,
        room.doubles(out + k * outStride, x.length + 1),
        [...x.map((values) => scoreOf(values, weights)), Number.NaN],
      );
    }
  });
}

function expectClassified(design: Design, w: readonly number[], firstSpan: number): void {
  room.scope(() => {
    const { args, scratch } = writeDesign(room, design);
    const x = rowsFrom(design, firstSpan);
    const [codes, proba] = [room.take(x.length + 1), room.take((x.length + 1) * 8)];
    const weights = room.put(Float64Array.from(w));
    onSpans(design, firstSpan, (ticket) =>
      room.kernels.classifyBlock(...args, weights, firstSpan, codes, proba, ticket, scratch),
    );
    const scores = x.map((values) => scoreOf(values, w));
    const input = (row: number) =>
      `row ${row} of ${x.length}, ${x[row]} with weights ${w}: score ${scores[row]}`;
    const expectedCodes = scores.map((score) => Number(score > 0));
    expectNumbers((row) => `class of ${input(row)}`, room.bytes(codes, x.length + 1), [
      ...expectedCodes,
      GARBAGE,
    ]);
    const expected = scores.map((score) => 1 / (1 + Math.exp(-score)));
    expectNumbers(
      (row) => `probability of ${input(row)}`,
      room.doubles(proba, x.length + 1),
      [...expected, Number.NaN],
      (row) => ULPS * ulp(expected[row] ?? 0),
    );
  });
}

const column = (...cells: number[]) => plainDesign([doublesOf(cells)]);

/** Three blocks of three columns, spans within them in any order, and some of the columns in any order. */
const designs = fc
  .record({
    blocks: fc.array(
      fc.tuple(wholeSegment('int8', 60), wholeSegment('int8', 60, 0), wholeSegment('int16', 60)),
      { minLength: 3, maxLength: 3 },
    ),
    notes: fc.array(
      fc.record({ column: fc.nat(2), mayBeMissing: fc.constant(true), fill: fc.constantFrom(0, -3) }),
      { minLength: 1, maxLength: 6 },
    ),
    spans: fc.array(fc.record({ block: fc.nat(2), first: fc.nat(20), rows: fc.nat(40) }), {
      minLength: 3,
      maxLength: 6,
    }),
    chunkRows: fc.constantFrom(8, 32, 256),
  })
  .chain((design) => {
    const length = design.notes.length + 1;
    const weight = fc.integer({ min: -9, max: 9 });
    const w = fc.array(weight, { minLength: length, maxLength: length });
    return fc.tuple(fc.constant(design), fc.array(w, { minLength: 1, maxLength: 3 }), fc.nat(2));
  });

describe('predictBlock', () => {
  it.each<[string, Design, number[][]]>([
    ['one row', column(3), [[2, 1]]],
    ['five rows', column(1, 2, 3, 4, 5), [[2, -1]]],
    [
      'two outputs',
      column(1, 2, 3),
      [
        [2, 0],
        [-1, 100],
      ],
    ],
    ['more rows than a chunk', plainDesign([doublesOf([...Array(100).keys()])], 8), [[3, 7]]],
  ])('predicts %s', (_name, design, outputs) => expectPredicted(design, outputs, 0));

  it('predicts what a plain loop does, from any span on', () => {
    fc.assert(
      fc.property(designs, (data) => expectPredicted(...data)),
      { numRuns: 200 },
    );
  });
});

describe('classifyBlock', () => {
  it.each<[string, Design]>([
    ['a score of 0', column(0)],
    ['a score next to 0', column(5e-324, -5e-324)],
    ['five rows', column(1, -2, 3, -4, 5)],
    ['certain scores', column(50, -50, 700, -700)],
    ['a missing number', column(1, Number.NaN, -1)],
    ['more rows than a chunk', plainDesign([doublesOf([...Array(100).keys()].map((i) => i - 50))], 8)],
  ])('classifies %s', (_name, design) => expectClassified(design, [1, 0], 0));

  it('classifies as a plain loop does, from any span on', () => {
    fc.assert(
      fc.property(designs, ([design, [w], firstSpan]) =>
        expectClassified(
          design,
          w!.map((one) => one / 4_096),
          firstSpan,
        ),
      ),
      { numRuns: 200 },
    );
  });
});
