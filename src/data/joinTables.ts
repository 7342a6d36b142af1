import { ensureBytes, kernelsOf } from '../kernels/module.ts';
import { NO_VALUE, SEALED, SEALED_BYTES, STAGED } from '../kernels/scanLayout.ts';
import type { StagedCells } from './columnBuilder.ts';
import type { Dataset } from './dataset.ts';
import { align, SLACK_BYTES } from './memoryLayout.ts';
import { type Segment, segmentOf } from './segments.ts';
import { SEGMENT_BYTES, type Table, type TableColumn, WIDTHS } from './table.ts';
import type { TestColumn, TestRows } from './testFile.ts';

/** `seal` may write one word behind the staged words. */
const WORD_BYTES = 8;
const ENTRY_WORDS = SEGMENT_BYTES / Uint32Array.BYTES_PER_ELEMENT;

/**
 * Makes one data set of the rows of two files: those of the test file stand behind those of the training file. Its table has
 * the features only. The rows are added to the training table's memory, behind the table, which stays as it is.
 * @throws RangeError if the memory is full
 */
export function joinTest(train: Dataset, test: TestRows): Dataset {
  const { table, target, features, dropped } = train;
  return {
    ...train,
    table: joinTables(train, test),
    target: { ...target, codes: joinBytes(target.codes, test.codes) },
    features: features.map((feature, index) => ({ ...feature, index })),
    dropped:
      dropped === undefined && test.dropped === undefined
        ? undefined
        : joinBytes(dropped ?? new Uint8Array(table.rows), test.dropped ?? new Uint8Array(test.table.rows)),
    rows: train.rows + test.rows,
    testFrom: table.rows,
    warnings: [...train.warnings, ...test.warnings],
  };
}

function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/**
 * Adds the test rows block by block. Full blocks of the training table are only entered into the new directory. The last block
 * is packed anew with the first test rows, because all blocks but the last have the same number of rows.
 */
function joinTables({ table, features }: Dataset, test: TestRows): Table {
  const { memory, blockRows, columns } = table;
  const rows = table.rows + test.table.rows;
  const fullBlocks = Math.floor(table.rows / blockRows);
  const nBlocks = Math.ceil(rows / blockRows);
  const packer = new Packer(table);
  const entries = new Uint32Array(nBlocks * features.length * ENTRY_WORDS);
  const before = new Uint32Array(
    memory.buffer,
    table.directoryAddress,
    Math.ceil(table.rows / blockRows) * columns.length * ENTRY_WORDS,
  );
  for (let block = 0, at = 0; block < nBlocks; block++) {
    for (const [place, { index }] of features.entries()) {
      if (block < fullBlocks) {
        const entry = (block * columns.length + index) * ENTRY_WORDS;
        entries.set(before.subarray(entry, entry + ENTRY_WORDS), at);
      } else {
        const start = block * blockRows;
        const end = Math.min(rows, start + blockRows);
        if (start < table.rows) packer.stage(segmentOf(table, block, index), 0, table.rows - start);
        stageTest(packer, test, place, Math.max(start - table.rows, 0), end - table.rows);
        entries.set(packer.seal(), at);
      }
      at += ENTRY_WORDS;
    }
  }
  return {
    ...table,
    ...packer.finish(entries),
    rows,
    columns: features.map(({ index }, place) => joinColumn(columns[index]!, test.features[place]!)),
  };
}

/** Stages rows of the test file, which may lie in several of its blocks. */
function stageTest(packer: Packer, { table, features }: TestRows, place: number, from: number, to: number) {
  const { index, texts } = features[place]!;
  for (let row = from; row < to; ) {
    const segment = segmentOf(table, Math.floor(row / table.blockRows), index);
    const first = row - segment.firstRow;
    const count = Math.min(to - row, segment.cells.length - first);
    packer.stage(segment, first, count, texts?.places);
    row += count;
  }
}

function joinColumn(column: TableColumn, { missing, texts }: TestColumn): TableColumn {
  const joined = { ...column, missing: column.missing + missing };
  return joined.kind === 'text' && texts !== undefined ? { ...joined, texts: texts.all } : joined;
}

/** Packs segments behind a table, as the reader of a file packs them. */
class Packer {
  readonly #table: Table;
  readonly #stagedAddress: number;
  readonly #sealedAddress: number;
  readonly #staged: StagedCells;
  #rows = 0;
  #free: number;

  constructor(table: Table) {
    const { memory, blockRows, freeAddress } = table;
    const words = blockRows + 1;
    this.#table = table;
    this.#stagedAddress = align(freeAddress);
    this.#sealedAddress = align(this.#stagedAddress + words * WORD_BYTES);
    this.#free = align(this.#sealedAddress + SEALED_BYTES);
    ensureBytes(memory, this.#free);
    this.#staged = {
      halves: new Int32Array(memory.buffer, this.#stagedAddress, 2 * words),
      doubles: new Float64Array(memory.buffer, this.#stagedAddress, words),
    };
  }

  /** Stages some cells of a segment. @param places replaces each text's place */
  stage({ cells, decimals, missing }: Segment, from: number, count: number, places?: Int32Array): void {
    const { halves, doubles } = this.#staged;
    const to = from + count;
    if (cells instanceof Float64Array) {
      doubles.set(cells.subarray(from, to), this.#rows);
    } else {
      const tag = STAGED.number + decimals;
      for (let at = from, word = 2 * this.#rows; at < to; at++, word += 2) {
        const cell = cells[at]!;
        const isMissing = cell === missing;
        halves[word] = isMissing ? NO_VALUE : places === undefined ? cell : places[cell]!;
        halves[word + 1] = isMissing ? STAGED.missing : tag;
      }
    }
    this.#rows += count;
  }

  /** Packs the staged cells. @returns the directory's entry of the segment */
  seal(): readonly number[] {
    const { memory } = this.#table;
    const address = this.#free;
    ensureBytes(memory, address + this.#rows * WORD_BYTES + SLACK_BYTES);
    kernelsOf(memory).seal(this.#stagedAddress, this.#rows, address, this.#sealedAddress);
    const sealed = new Uint32Array(
      memory.buffer,
      this.#sealedAddress,
      SEALED_BYTES / Uint32Array.BYTES_PER_ELEMENT,
    );
    const kind = sealed[SEALED.kind]!;
    this.#free = align(address + this.#rows * WIDTHS[kind]!);
    this.#rows = 0;
    return [address, kind | (sealed[SEALED.decimals]! << 8)];
  }

  /** Writes the directory behind the segments. */
  finish(entries: Uint32Array): Pick<Table, 'directoryAddress' | 'freeAddress'> {
    const { memory } = this.#table;
    const directoryAddress = this.#free;
    const freeAddress = align(directoryAddress + entries.byteLength);
    ensureBytes(memory, freeAddress + SLACK_BYTES);
    new Uint32Array(memory.buffer, directoryAddress, entries.length).set(entries);
    return { directoryAddress, freeAddress };
  }
}
