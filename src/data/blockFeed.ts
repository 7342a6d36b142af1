import { ensureBytes, type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import type { BlockThreads } from '../kernels/passes.ts';
import { ENTRY, ENTRY_BYTES } from '../kernels/scanLayout.ts';
import type { Sharing } from './memoryLayout.ts';
import type { TableBuilder } from './tableBuilder.ts';

/** Blocks in a window for each thread: enough that no thread waits long for the last block. */
const BLOCKS_A_THREAD = 4;
/**
 * Window size for each thread: twice what such blocks of an ordinary table need. For long rows a window has fewer
 * blocks.
 */
const WINDOW_BYTES_A_THREAD = 1 << 22;
/** Bytes after the received bytes that may be read. */
const SLACK_BYTES = 64;
/** Fewest blocks at the end of a file that are worth sharing with threads. */
const BLOCKS_MIN = 2;
/** The copy is word by word if source and target have the same alignment. */
const WORD_BYTES = 8;

const LF = 0x0a;

export function sharingFor({ size }: BlockThreads): Sharing {
  return { threads: size, windowBytes: size * WINDOW_BYTES_A_THREAD, blocksMax: size * BLOCKS_A_THREAD };
}

/** Reads rows in order, one after the other. */
export interface Sequence {
  read(bytes: Uint8Array): void;
  /** Whether the next byte would begin a row and no byte is held back. */
  isAtRow(): boolean;
  /** Largest number of rows allowed. */
  readonly rowsMax: number;
}

export interface BlockFeedOptions {
  readonly memory: SharedMemory;
  readonly builder: TableBuilder;
  readonly threads: BlockThreads;
  readonly sharing: Sharing;
  /** Reads the rows that the threads do not read. */
  readonly sequence: Sequence;
}

/** Bytes that form a block if every line is a row. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Whether this is the rest of a block that began in another way. Such a rest is read in that way to its end. */
  readonly isRest: boolean;
}

/**
 * Reads text in whole blocks on several threads.
 * A window collects bytes until it has some blocks. While threads read these blocks, the other window collects the
 * next bytes. A block that no thread can read is read in order, as without threads. If such a block has fewer or more
 * rows than lines, the rest of its window is read in order too. So the table is the same with any number of threads.
 */
export class BlockFeed {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #builder: TableBuilder;
  readonly #threads: BlockThreads;
  readonly #sharing: Sharing;
  readonly #sequence: Sequence;
  readonly #bytes: Buffer;
  /** The window being filled. Addresses: first byte, next block, first byte not yet searched for lines, end. */
  #window: 0 | 1 = 0;
  #from = 0;
  #blockFrom = 0;
  #surveyed = 0;
  #linesFound = 0;
  #end = 0;
  #blocks: Block[] = [];
  /** The blocks of the other window that threads are reading. */
  #underWay: readonly Block[] = [];
  #slots = 0;

  /** Create it only after the builder knows its columns. */
  constructor({ memory, builder, threads, sharing, sequence }: BlockFeedOptions) {
    this.#memory = memory;
    this.#kernels = kernelsOf(memory);
    this.#builder = builder;
    this.#threads = threads;
    this.#sharing = sharing;
    this.#sequence = sequence;
    this.#bytes = Buffer.from(memory.buffer, 0, builder.places.scratch);
    this.#fillFrom(this.#windowAt(0));
  }

  /**
   * Takes the next bytes, much fewer than the size of a window.
   * @throws DataError at the first bad row
   */
  push(bytes: Uint8Array): void {
    const length = bytes.length + SLACK_BYTES;
    // A turn reads whole lines, or everything if a line does not end.
    while (this.#end + length > this.#windowEnd) this.#turn();
    if (this.#end === this.#from) this.#fillFrom(align(this.#end) + (bytes.byteOffset % WORD_BYTES));
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    for (;;) {
      this.#survey();
      if (this.#blocks.length < this.#sharing.blocksMax) return;
      this.#turn();
    }
  }

  /** Reads all remaining bytes. @throws DataError at the first bad row */
  end(): void {
    if (!this.#settle()) this.#surveyAgain();
    if (this.#blocks.length >= BLOCKS_MIN && this.#sequence.isAtRow()) {
      this.#begin();
      this.#from = this.#blockFrom;
      this.#settle();
    }
    this.#sequence.read(this.#view(this.#from, this.#end));
    this.#fillFrom(this.#from);
  }

  #windowAt(window: 0 | 1): number {
    // The bytes before a byte are read too, so a window does not start at its first byte.
    return this.#builder.places.windows + window * this.#sharing.windowBytes + SLACK_BYTES;
  }

  get #windowEnd(): number {
    return this.#windowAt(this.#window) + this.#sharing.windowBytes - SLACK_BYTES;
  }

  /** Starts an empty window. */
  #fillFrom(address: number): void {
    this.#from = address;
    this.#end = address;
    this.#forgetBlocks();
  }

  #forgetBlocks(): void {
    this.#blocks = [];
    this.#beginBlock(this.#from);
  }

  #beginBlock(address: number): void {
    this.#blockFrom = address;
    this.#surveyed = address;
    this.#linesFound = 0;
  }

  /** Finds the blocks of the window, up to the limit. */
  #survey(): void {
    const { blockRow, blockRows } = this.#builder;
    while (this.#surveyed < this.#end && this.#blocks.length < this.#sharing.blocksMax) {
      const isRest = this.#blocks.length === 0 && this.#underWay.length === 0 && blockRow > 0;
      const rows = isRest ? blockRows - blockRow : blockRows;
      const found = this.#kernels.findLines(this.#surveyed, this.#end, rows - this.#linesFound);
      if (found <= 0) {
        this.#linesFound -= found;
        this.#surveyed = this.#end;
        return;
      }
      this.#blocks.push({ from: this.#blockFrom, to: found, rows, isRest });
      this.#beginBlock(found);
    }
  }

  #surveyAgain(): void {
    this.#forgetBlocks();
    this.#survey();
  }

  /** Lets threads read the blocks of this window, and starts the other window with the remaining bytes. */
  #turn(): void {
    if (!this.#settle()) this.#surveyAgain();
    if (this.#blocks.length === 0 || !this.#sequence.isAtRow()) {
      const lines = this.#view(this.#from, this.#end).lastIndexOf(LF) + 1;
      const to = lines > 0 ? this.#from + lines : this.#end;
      this.#sequence.read(this.#view(this.#from, to));
      this.#blockFrom = to;
      this.#blocks = [];
    } else {
      this.#begin();
    }
    this.#moveRest();
  }

  #moveRest(): void {
    const { length } = this.#view(this.#blockFrom, this.#end);
    this.#window = this.#window === 0 ? 1 : 0;
    // Aligned so that later bytes, which arrive in whole words, are copied word by word.
    const from = this.#windowAt(this.#window) + ((WORD_BYTES - (length % WORD_BYTES)) % WORD_BYTES);
    this.#bytes.copyWithin(from, this.#blockFrom, this.#end);
    this.#fillFrom(from);
    this.#end = from + length;
  }

  #begin(): void {
    const { places, sizes, free, columns } = this.#builder;
    const { scan, entries, results, scratch } = places;
    const blocks = this.#blocks;
    this.#slots = free;
    ensureBytes(this.#memory, free + blocks.length * sizes.slotBytes);
    const words = new Uint32Array(this.#memory.buffer, entries, (blocks.length * ENTRY_BYTES) / 4);
    for (const [index, { from, to, rows, isRest }] of blocks.entries()) {
      // No thread reads a block without bytes.
      words.set([isRest ? to : from, to, rows, 0], (index * ENTRY_BYTES) / 4);
    }
    this.#underWay = blocks;
    this.#blocks = [];
    this.#threads.begin(
      {
        kernel: 'readBlock',
        args: [scan, entries, this.#slots, sizes.slotBytes, results, sizes.resultBytes],
        nBlocks: blocks.length,
        scratchBytes: sizes.scratchBytes,
        cells: blocks.length * sizes.blockRows * columns.length,
      },
      scratch,
    );
  }

  /**
   * Waits for the threads and adds their blocks in order.
   * @returns whether the blocks found in the bytes after them are still right
   */
  #settle(): boolean {
    const blocks = this.#underWay;
    const last = blocks.at(-1);
    if (last === undefined) return true;
    this.#threads.finish();
    this.#underWay = [];
    const { entries, results } = this.#builder.places;
    const { resultBytes, slotBytes } = this.#builder.sizes;
    const words = new Uint32Array(this.#memory.buffer, entries, (blocks.length * ENTRY_BYTES) / 4);
    for (const [index, { from, to, rows }] of blocks.entries()) {
      const isTaken = words[(index * ENTRY_BYTES) / 4 + ENTRY.isTaken] === 1;
      if (isTaken && this.#builder.rows + rows <= this.#sequence.rowsMax) {
        const slot = this.#slots + index * slotBytes;
        this.#builder.addBlock({ slot, result: results + index * resultBytes, rows });
        continue;
      }
      const rowsAfter = this.#builder.rows + rows;
      this.#sequence.read(this.#view(from, to));
      if (this.#builder.rows === rowsAfter && this.#sequence.isAtRow()) continue;
      this.#sequence.read(this.#view(to, last.to));
      return false;
    }
    return true;
  }

  #view(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, to);
  }
}

function align(address: number): number {
  return Math.ceil(address / WORD_BYTES) * WORD_BYTES;
}
