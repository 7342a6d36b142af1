import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectNumbers } from './compare.ts';
import { Room } from './room.ts';
import { doubleSegment, packedCells, type Segment, wholeSegment, writeTable } from './tables.ts';

const room = new Room();
const N_KEYS = 6;

/** Returns the rows of a block, the least key first. Rows of one key keep their order. */
function plainOrder(keys: readonly number[]): number[] {
  return [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b);
}

function expectSorted(blocks: readonly (readonly Segment[])[], keys: readonly number[]): void {
  room.scope(() => {
    const { directory, nColumns, blockRows, nRows } = writeTable(room, blocks);
    // If the kernel reads keys behind the last key, it finds rows of key 0.
    const keysAt = room.put(Uint8Array.from([...keys, ...Array(blockRows).fill(0)]));
    const counts = room.take(4 * N_KEYS * blocks.length);
    const scratch = room.take(4 * N_KEYS + 12 * blockRows);
    for (const block of [...blocks.keys()].reverse()) {
      const args = [directory, nColumns, blockRows, nRows, keysAt, N_KEYS, counts] as const;
      room.kernels.partitionBlock(...args, block, scratch);
    }
    for (const [block, segments] of blocks.entries()) {
      const rows = segments[0]!.cells.length;
      const ofBlock = keys.slice(block * blockRows, block * blockRows + rows);
      const order = plainOrder(ofBlock);
      const input = `block ${block} of ${rows} rows with keys ${ofBlock}`;
      expectNumbers(
        (key) => `${input}: count of key ${key}`,
        room.words(counts + 4 * N_KEYS * block, N_KEYS),
        Array.from({ length: N_KEYS }, (_, key) => ofBlock.filter((one) => one === key).length),
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
    ['rows of the least key alone', [0, 0, 0, 0]],
    ['rows of the largest key alone', [5, 5, 5, 5]],
    ['rows that are sorted', [0, 0, 1, 2, 5]],
    ['rows the wrong way round', [5, 2, 1, 0, 0]],
    ['each key twice', [1, 0, 2, 5, 1, 0, 2, 5]],
    ['one row', [1]],
  ])('sorts %s', (_name, keys) => expectSorted([[row(...keys.keys())]], keys));

  it('sorts cells of every width, in every block', () => {
    const columns = (rows: number) =>
      fc.tuple(
        wholeSegment('int8', rows),
        wholeSegment('int16', rows),
        wholeSegment('int32', rows),
        doubleSegment(rows),
      );
    const blocks = fc.tuple(columns(40), columns(40), columns(17));
    const keys = fc.array(fc.nat(N_KEYS - 1), { minLength: 97, maxLength: 97 });
    fc.assert(fc.property(blocks, keys, expectSorted), { numRuns: 100 });
  });
});
