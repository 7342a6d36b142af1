import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import { doubleSegment, packedCells, type Segment, wholeSegment, writeTable } from './tables.ts';

const room = new Room();
/** Marks of training rows and of test rows. Dropped rows have larger marks. */
const [TRAIN, TEST] = [0, 1];

/** Returns the rows of a block by their marks. Rows of the same kind keep their order. */
function plainOrder(marks: readonly number[]): number[] {
  const rows = [...marks.keys()];
  return [
    ...rows.filter((row) => marks[row] === TRAIN),
    ...rows.filter((row) => marks[row] === TEST),
    ...rows.filter((row) => marks[row]! > TEST),
  ];
}

function expectSorted(blocks: readonly (readonly Segment[])[], marks: readonly number[]): void {
  room.scope(() => {
    const { directory, nColumns, blockRows, nRows } = writeTable(room, blocks);
    // If the kernel reads marks behind the last mark, it finds training rows.
    const marksAt = room.put(Uint8Array.from([...marks, ...Array(blockRows).fill(TRAIN)]));
    const counts = room.take(8 * blocks.length);
    const scratch = room.take(12 * blockRows);
    for (const block of [...blocks.keys()].reverse()) {
      room.kernels.partitionBlock(directory, nColumns, blockRows, nRows, marksAt, counts, block, scratch);
    }
    for (const [block, segments] of blocks.entries()) {
      const rows = segments[0]!.cells.length;
      const ofBlock = marks.slice(block * blockRows, block * blockRows + rows);
      const order = plainOrder(ofBlock);
      const input = `block ${block} of ${rows} rows marked ${ofBlock}`;
      const nOf = (mark: number) => ofBlock.filter((one) => one === mark).length;
      expectNumbers(
        (i) => `${input}: count of ${['training', 'test'][i]} rows`,
        room.words(counts + 8 * block, 2),
        [nOf(TRAIN), nOf(TEST)],
      );
      for (const [column, segment] of segments.entries()) {
        const expected = packedCells({ ...segment, cells: order.map((row) => segment.cells[row]!) });
        const [address] = room.words(directory + 8 * (block * nColumns + column), 1);
        const width = expected.length / rows;
        expectNumbers(
          (i) => `${input}: column ${column} (${segment.kind}), row ${Math.floor(i / width)}`,
          room.bytes(address!, expected.length),
          expected,
        );
      }
    }
  });
}

const row = (...cells: number[]): Segment => ({ kind: 'int8', decimals: 0, cells });

describe('partitionBlock', () => {
  it.each<[string, number[]]>([
    ['training rows alone', [0, 0, 0, 0]],
    ['test rows alone', [1, 1, 1, 1]],
    ['dropped rows alone', [2, 2, 2, 2]],
    ['rows that are sorted', [0, 0, 1, 2]],
    ['rows the wrong way round', [2, 1, 0, 0]],
    ['each kind twice', [1, 0, 2, 1, 0, 2]],
    ['larger marks of dropped rows', [255, 0, 3, 1]],
    ['one row', [1]],
  ])('sorts %s', (_name, marks) => expectSorted([[row(...marks.keys())]], marks));

  it('sorts cells of every width, in every block', () => {
    const columns = (rows: number) =>
      fc.tuple(
        wholeSegment('int8', rows),
        wholeSegment('int16', rows),
        wholeSegment('int32', rows),
        doubleSegment(rows),
      );
    const blocks = fc.tuple(columns(40), columns(40), columns(17));
    const marks = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 97, maxLength: 97 });
    fc.assert(fc.property(blocks, marks, expectSorted), { numRuns: 100 });
  });
});
