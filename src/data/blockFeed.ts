import { ensureBytes, type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import type { BlockThreads } from '../kernels/passes.ts';
import { ENTRY, ENTRY_BYTES } from '../kernels/scanLayout.ts';
import type { Sharing } from './memoryLayout.ts';
import type { TableBuilder } from './tableBuilder.ts';

/** Blocks of a window for each thread: so many that none of them waits long for the last one. */
const BLOCKS_A_THREAD = 4;
/** Such blocks of an ordinary table, twice over; of a table with long rows a window has fewer. */
const WINDOW_BYTES_A_THREAD = 1 << 22;
/** Bytes behind those that have come may be looked at. */
const SLACK_BYTES = 64;
/** So many blocks are worth another thread. */
const BLOCKS_MIN = 2;
/** Copied to where they are aligned as they were, bytes are copied in words. */
const WORD_BYTES = 8;

const LF = 0x0a;

export function sharingFor({ size }: BlockThreads): Sharing {
  return { threads: size, windowBytes: size * WINDOW_BYTES_A_THREAD, blocksMax: size * BLOCKS_A_THREAD };
}

/** What takes rows in their order, one after the other. */
export interface Sequence {
  read(bytes: Uint8Array): void;
  /** Whether a row would begin with the next byte, and no byte is kept back. */
  isAtRow(): boolean;
  /** Rows at most. */
  readonly rowsMax: number;
}

export interface BlockFeedOptions {
  readonly memory: SharedMemory;
  readonly builder: TableBuilder;
  readonly threads: BlockThreads;
  readonly sharing: Sharing;
  /** Who reads what is not plain. */
  readonly sequence: Sequence;
}

/** Bytes that are a block if all of its lines are rows. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Whether it is what is left of a block that was begun otherwise, and is read so to its end. */
  readonly isRest: boolean;
}

/**
 * Reads text by whole blocks on several threads. Bytes are collected in a window until it has some blocks; while threads
 * read these, the next ones are collected in the other window. A block that is not taken is read in its turn as
 * everything is that no thread helps with; where it turns out to have other rows than lines, so is the rest of its window.
 * So the table is the same with any number of threads.
 */
export class BlockFeed {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #builder: TableBuilder;
  readonly #threads: BlockThreads;
  readonly #sharing: Sharing;
  readonly #sequence: Sequence;
  readonly #bytes: Buffer;
  /** The window that is filled now, and addresses: where its bytes begin, the next block, what is not surveyed, and where they end. */
  #window: 0 | 1 = 0;
  #from = 0;
  #blockFrom = 0;
  #surveyed = 0;
  #linesFound = 0;
  #end = 0;
  #blocks: Block[] = [];
  /** The blocks of the other window that threads read now. */
  #underWay: readonly Block[] = [];
  #slots = 0;

  /** To be made once the builder knows its columns. */
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
   * Takes bytes behind the ones before, much fewer than a window has.
   * @throws DataError at the first row that is at fault
   */
  push(bytes: Uint8Array): void {
    const length = bytes.length + SLACK_BYTES;
    // A turn reads lines, or all there is where a line does not end.
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

  /** Reads all that is left. @throws DataError at the first row that is at fault */
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
    // What lies before a byte is looked at too, so the first ones do not stand right at the beginning.
    return this.#builder.places.windows + window * this.#sharing.windowBytes + SLACK_BYTES;
  }

  get #windowEnd(): number {
    return this.#windowAt(this.#window) + this.#sharing.windowBytes - SLACK_BYTES;
  }

  /** Begins an empty window. */
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

  /** Finds the blocks of the window, as many as it may have. */
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

  /** Lets threads read the blocks of this window, and begins the other one with what is left. */
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
    // Bytes that come in whole words are copied in words behind it.
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
      // Nobody takes a block without bytes.
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
   * Waits for the blocks that threads read, and takes them in their order.
   * @returns whether the survey of what came behind them still holds
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
