import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReadOptions } from '../../src/data/readTable.ts';
import { kernelsOf, type SharedMemory, sharedMemory } from '../../src/kernels/module.ts';
import type { BlockTask, BlockThreads } from '../../src/kernels/passes.ts';
import { outcomeOf, quickContentOf, readChunks } from './tableText.ts';

/** Number of files in the run. */
const RUNS = 100;
/** Rows of a block with few columns. */
const BLOCK_ROWS = 8_192;
const LF = 0x0a;

const memory = sharedMemory();

/** Simulated threads: they read some blocks at once and some late, in any order, with any content in their scratch. */
class FakeThreads implements BlockThreads {
  readonly size: number;
  readonly #memory: SharedMemory;
  readonly #nextEarly: () => boolean;
  #late: (() => void)[] = [];
  nBlocks = 0;

  constructor(size: number, early: readonly boolean[]) {
    this.size = size;
    this.#memory = memory;
    let place = 0;
    this.#nextEarly = () => early[place++ % early.length] as boolean;
  }

  begin({ args, nBlocks, scratchBytes }: BlockTask, scratch: number): void {
    expect(this.#late).toEqual([]);
    for (let block = nBlocks - 1; block >= 0; block -= 1) {
      const address = scratch + (block % this.size) * scratchBytes;
      const read = () => {
        new Uint8Array(this.#memory.buffer, address, scratchBytes).fill(0xa5);
        kernelsOf(this.#memory).readBlock(...args, block, address);
      };
      if (this.#nextEarly()) read();
      else this.#late.push(read);
    }
    this.nBlocks += nBlocks;
  }

  finish(): void {
    for (const read of this.#late) read();
    this.#late = [];
  }
}

/** Rows that fill whole blocks, all different. */
function rowsFrom(block: number, blocks: number): string {
  const rows = Array.from({ length: blocks * BLOCK_ROWS }, (_, i) => block * BLOCK_ROWS + i);
  return rows.map((row) => `${row},${row % 7},a\n`).join('');
}

/** A text at a relative position of a file: exactly there, or at the preceding line end. */
interface Slip {
  readonly at: number;
  readonly isLine: boolean;
  readonly text: string | Uint8Array;
}

/** Rows of three columns: numbers, numbers with many digits, and a few texts. */
function fileOf(rows: number, newline: string, slips: readonly Slip[]): Buffer {
  const lines = Array.from(
    { length: rows },
    (_, i) => `${(i * 7) % 1_000},${((i * 2_654_435_761) % 2 ** 32) / 2 ** 31},${'abcé'[i % 4]}${newline}`,
  );
  let bytes = Buffer.from(`n,x,t${newline}${lines.join('')}`);
  for (const { at, isLine, text } of slips) {
    const near = Math.floor(at * bytes.length);
    const place = isLine ? bytes.lastIndexOf(LF, near) + 1 : near;
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(text), bytes.subarray(place)]);
  }
  return bytes;
}

/** Rows with other line ends, twice as many as in a block. */
const CR_ROWS = '1,2,a\r3,4,b\n'.repeat(BLOCK_ROWS);

const share = fc.double({ min: 0, max: 1, noNaN: true });
const scrap = fc.constantFrom<string | Uint8Array>(
  ...['\n', '\r', '"', '\0', ',', ' ', '5', 'new'],
  ...[Uint8Array.of(0xff), Uint8Array.of(0xc3)],
);
const line = fc.constantFrom(
  ...[
    '\n',
    '\r\n',
    '\n\n',
    '\n'.repeat(BLOCK_ROWS),
    'NA,NA,NA\n',
    '1,inf,b\n',
    '7.5,2,b\n',
    '1,-0,new\n',
    ',,\n',
  ],
  ...['1,2,"a"\n', '1,2,"x\ny"\n', '3,4,"z\n1,2,3\n', '"\n', '1,2,"', '1,2,a\r1,2,b\r1,2,c\n', CR_ROWS],
  ...['1,123456789012345678901234567890,b\n', `1,2,${'w'.repeat(300)}\n`, ' True,x,b\n', '1,2\n', '1,2,é\n'],
);
const slip = fc.oneof(
  { weight: 1, arbitrary: fc.record({ at: share, isLine: fc.constant(false), text: scrap }) },
  { weight: 4, arbitrary: fc.record({ at: share, isLine: fc.constant(true), text: line }) },
);

function expectSame(
  bytes: Uint8Array,
  cuts: readonly number[],
  threads: BlockThreads,
  options: ReadOptions = {},
) {
  const alone = outcomeOf(() => readChunks(bytes, [], { ...options, memory }), quickContentOf);
  const shared = outcomeOf(() => readChunks(bytes, cuts, { ...options, memory, threads }), quickContentOf);
  // Many times as fast as `toEqual`, which then shows the difference.
  if (!isDeepStrictEqual(shared, alone)) expect(shared).toEqual(alone);
}

const threadsArbitrary = fc
  .tuple(fc.constantFrom(1, 1, 1, 2, 3), fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }))
  .map(([size, early]) => new FakeThreads(size, early));

describe('blocks on several threads', () => {
  it('give the table or error of one thread, for any rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 * BLOCK_ROWS }),
        fc.constantFrom('\n', '\n', '\r\n'),
        fc.array(slip, { maxLength: 3 }),
        fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 6 }),
        threadsArbitrary,
        (rows, newline, slips, cuts, threads) => expectSame(fileOf(rows, newline, slips), cuts, threads),
      ),
      { numRuns: RUNS },
    );
  });

  it('are read by the threads if all rows are plain', () => {
    const threads = new FakeThreads(2, [true, false, false]);
    expectSame(fileOf(10 * BLOCK_ROWS, '\n', []), [], threads);
    expect(threads.nBlocks).toBeGreaterThanOrEqual(9);
  });

  it.each([
    ['rows', { rows: 5 * BLOCK_ROWS + 10 }],
    ['rows, at a block', { rows: 3 * BLOCK_ROWS }],
    ['cells', { cells: 3 * (4 * BLOCK_ROWS - 1) }],
    ['characters of a line', { lineChars: 5 }],
  ])('keep to the limit of %s', (_name, limits) => {
    expectSame(fileOf(9 * BLOCK_ROWS, '\n', []), [], new FakeThreads(2, [true, false]), { limits });
  });

  it('accept a table at the limits', () => {
    const rows = 4 * BLOCK_ROWS;
    const limits = { rows, cells: 3 * rows };
    expectSame(fileOf(rows, '\n', []), [], new FakeThreads(3, [false]), { limits });
  });

  it.each([
    ['longer than a window', 600, 2 * BLOCK_ROWS],
    ['few of which fill a window', 300, 4 * BLOCK_ROWS],
    ['longer than the limit', 1 << 21, 4],
  ])('give the same result for rows %s', (_name, chars, rows) => {
    const lines = Array.from({ length: rows }, (_, i) => `${i},${'0'.repeat(chars)}${i}\n`);
    const file = Buffer.from(`a,b\n${lines.join('')}`);
    expectSame(file, [], new FakeThreads(1, [true, false]));
  });

  it('give the same result for a line without an end', () => {
    const file = Buffer.concat([fileOf(2 * BLOCK_ROWS, '\n', []), Buffer.alloc(9_000_000, '1')]);
    expectSame(file, [], new FakeThreads(1, [false]), { limits: { lineChars: 3e7, cellChars: 3e7 } });
    expectSame(file, [], new FakeThreads(1, [false]));
  });

  it.each<[string, string, string]>([
    // With a single thread, a window has four blocks.
    ['a quote that spans many windows', '1,2,"', '"\n'],
    ['a quote, and rows as many as lines', `${'1,2,a\n'.repeat(BLOCK_ROWS - 2)}1,2,a\r1,2,b\n1,2,"`, '"\n'],
    ['twice as many rows as lines', CR_ROWS, CR_ROWS],
    ['blank lines', '\n'.repeat(5), '\n'.repeat(BLOCK_ROWS)],
    ['texts that appear late', '1,2,new\n', '1,2,other\n'],
  ])('give the same result for %s', (_name, first, second) => {
    for (const [before, between, behind] of [
      [1, 5, 5],
      [4, 5, 5],
      [3, 4, 7],
      [2, 2, 3],
    ] as const) {
      const parts = [rowsFrom(0, before), first, rowsFrom(before, between), second, rowsFrom(9, behind)];
      const file = Buffer.from(`n,x,t\n${parts.join('')}`);
      for (const limits of [{ lineChars: 1 << 20, cellChars: 1 << 20 }, {}]) {
        expectSame(file, [], new FakeThreads(1, [true, false]), { limits });
      }
    }
  });

  it('make a column of doubles if only one block has a point', () => {
    const file = Buffer.from(`n,x,t\n${rowsFrom(0, 3)}0.5,0,a\n${rowsFrom(3, 3)}`);
    expectSame(file, [], new FakeThreads(1, [false]));
    const table = readChunks(file, [], { memory, threads: new FakeThreads(1, [false]) });
    expect(table.columns.slice(0, 2)).toMatchObject([{ type: 'double' }, { type: 'long' }]);
  });

  it('take the type of a column only from rows that count', () => {
    // The line within quotes has a point where all rows have whole numbers. So does the row at the end of the
    // rejected file.
    const rows = Array.from({ length: 5 * BLOCK_ROWS }, (_, i) => `${i},a\n`).join('');
    const file = Buffer.from(`n,t\n${rows}1,"\n${'2.5,b\n'.repeat(3 * BLOCK_ROWS)}"\n${rows}`);
    const limits = { lineChars: 1 << 19, cellChars: 1 << 19 };
    const threads = new FakeThreads(2, [true]);
    expectSame(file, [], threads, { limits });
    const table = readChunks(file, [], { limits, memory, threads: new FakeThreads(2, [true]) });
    expect(table.columns[0]).toMatchObject({ kind: 'number', type: 'long' });
  });
});
