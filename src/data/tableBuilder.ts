import { ensureBytes, FIRST_ADDRESS, type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import { powersOfTen } from '../kernels/powersOfTen.ts';
import { SCAN, SCAN_BYTES, SEALED, SEALED_BYTES, SPAN_BYTES } from '../kernels/scanLayout.ts';
import { ColumnBuilder, type StagedCells } from './columnBuilder.ts';
import type { RowSink } from './rowReader.ts';
import { type Segments, segmentsOf } from './segments.ts';
import type { CsvFormat } from './sniff.ts';
import { SEGMENT_BYTES, type Table, type TableColumn } from './table.ts';

/** Bytes of a cell of each of `KINDS`. */
const WIDTHS = [8, 1, 2, 4] as const;
/** Rows of a block, and the most cells that it has: they lie ready for a core's own cache. */
const BLOCK_ROWS_MAX = 8_192;
const BLOCK_ROWS_MIN = 512;
const BLOCK_CELLS_MAX = 1 << 19;
/** What may be read or written behind a segment, and while one is made. */
const SLACK_BYTES = 64;
/**
 * Cells that are found before they are staged, several rows of them at least, and the room for those that are handed
 * out.
 */
const ENDS_MIN = 2_048;
const ENDS_ROWS_MIN = 8;
const SPANS_PER_END = 4;
/** Behind the ends that are found so many more are written. */
const ENDS_SLACK = 16;
/** Between the staged words of two columns, as columns a power of two apart get in each other's way in the cache. */
const COLUMN_GAP = 16;

/** Rows of a block of so many columns. */
function blockRowsOf(columns: number): number {
  let rows = BLOCK_ROWS_MAX;
  while (rows > BLOCK_ROWS_MIN && rows * columns > BLOCK_CELLS_MAX) rows /= 2;
  return rows;
}

export interface BuilderOptions {
  readonly memory: SharedMemory;
  readonly format: CsvFormat;
  /** Names of columns that are read as text, and stay text whatever they hold. */
  readonly textColumns: ReadonlySet<string>;
  /** Names of columns that are read as text, and end as numbers where every cell is a truth value. */
  readonly otherColumns: ReadonlySet<string>;
  /** Room for bytes that are scanned. */
  readonly inputBytes: number;
}

/** Where things lie in the memory while a table is read; each begins at a multiple of 16. */
interface Places {
  readonly scan: number;
  readonly sealed: number;
  readonly powers: number;
  readonly textColumns: number;
  readonly notWhole: number;
  readonly ends: number;
  readonly spans: number;
  readonly texts: number;
  readonly staged: number;
  readonly input: number;
  readonly table: number;
}

/** Makes a table of rows: their cells are staged column by column, and packed whenever a block is full. */
export class TableBuilder implements RowSink {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #format: CsvFormat;
  readonly #textColumns: ReadonlySet<string>;
  readonly #otherColumns: ReadonlySet<string>;
  readonly #inputBytes: number;
  #columns: readonly ColumnBuilder[] = [];
  #blockRows = 0;
  #places: Places | undefined;
  #staged: StagedCells = { halves: new Int32Array(0), doubles: new Float64Array(0) };
  #sealed: Uint32Array = new Uint32Array(0);
  #sealedRows = 0;
  #blockRow = 0;
  /** Address, kind and decimals of each segment. */
  readonly #segments: number[] = [];
  #free = 0;

  constructor({ memory, format, textColumns, otherColumns, inputBytes }: BuilderOptions) {
    this.#memory = memory;
    this.#kernels = kernelsOf(memory);
    this.#format = format;
    this.#textColumns = textColumns;
    this.#otherColumns = otherColumns;
    this.#inputBytes = inputBytes;
  }

  get rows(): number {
    return this.#sealedRows + this.#blockRow;
  }

  get columns(): readonly ColumnBuilder[] {
    return this.#columns;
  }

  /** Rows of the block that is filled now, and how many it takes. */
  get blockRow(): number {
    return this.#blockRow;
  }

  get blockRows(): number {
    return this.#blockRows;
  }

  get places(): Places {
    return this.#places as Places;
  }

  begin(names: readonly string[]): void {
    const { decimalComma, delimiter } = this.#format;
    const isText = (name: string) => this.#textColumns.has(name) || this.#otherColumns.has(name);
    this.#columns = names.map((name) => new ColumnBuilder(name, isText(name), decimalComma));
    this.#blockRows = blockRowsOf(names.length);
    const endsMax = Math.max(ENDS_MIN, ENDS_ROWS_MIN * names.length);
    const spansMax = SPANS_PER_END * endsMax;
    const places = layOut(names.length, {
      ends: (endsMax + ENDS_SLACK) * 4,
      spans: spansMax * SPAN_BYTES,
      texts: this.#kernels.textsBytes(),
      staged: names.length * this.#columnWords * 8,
      input: this.#inputBytes,
    });
    this.#places = places;
    this.#free = places.table;
    ensureBytes(this.#memory, places.table);
    const { buffer } = this.#memory;
    const cells = names.length * this.#columnWords;
    this.#staged = {
      halves: new Int32Array(buffer, places.staged, 2 * cells),
      doubles: new Float64Array(buffer, places.staged, cells),
    };
    this.#sealed = new Uint32Array(buffer, places.sealed, SEALED_BYTES / 4);
    new Uint8Array(buffer, places.textColumns, names.length).set(
      this.#columns.map(({ isText }) => (isText ? 1 : 0)),
    );
    new Uint8Array(buffer, places.notWhole, names.length).fill(0);
    const powers = powersOfTen();
    new BigUint64Array(buffer, places.powers, powers.length).set(powers);
    const state = new Uint32Array(buffer, places.scan, SCAN_BYTES / 4);
    state[SCAN.delimiter] = delimiter.charCodeAt(0);
    state[SCAN.point] = (decimalComma ? ',' : '.').charCodeAt(0);
    state[SCAN.columns] = names.length;
    state[SCAN.columnBytes] = this.#columnWords * 8;
    state[SCAN.staged] = places.staged;
    state[SCAN.textColumns] = places.textColumns;
    state[SCAN.notWhole] = places.notWhole;
    state[SCAN.ends] = places.ends;
    state[SCAN.endsMax] = endsMax;
    state[SCAN.spans] = places.spans;
    state[SCAN.spansMax] = spansMax;
    state[SCAN.texts] = 0;
    state[SCAN.powers] = places.powers;
  }

  add(cells: readonly string[]): void {
    for (const [column, text] of cells.entries()) this.stage(column, this.#blockRow, text);
    this.take(this.#blockRow + 1);
  }

  /**
   * Stages one cell of the block.
   * @returns whether every cell of this column and text is staged the same
   */
  stage(column: number, blockRow: number, text: string): boolean {
    const at = this.stagedAt(column, blockRow);
    return (this.#columns[column] as ColumnBuilder).stage(
      text,
      this.#sealedRows + blockRow,
      this.#staged,
      at,
    );
  }

  /** Place of a cell among the staged words. */
  stagedAt(column: number, blockRow: number): number {
    return column * this.#columnWords + blockRow;
  }

  get #columnWords(): number {
    return this.#blockRows + COLUMN_GAP;
  }

  /** Says that the block has so many rows now. */
  take(blockRow: number): void {
    this.#blockRow = blockRow;
    if (blockRow === this.#blockRows) this.#seal();
  }

  #seal(): void {
    const { staged, sealed } = this.places;
    const rows = this.#blockRow;
    for (const [index, column] of this.#columns.entries()) {
      ensureBytes(this.#memory, this.#free + rows * 8 + SLACK_BYTES);
      this.#kernels.seal(staged + this.stagedAt(index, 0) * 8, rows, this.#free, sealed);
      const kind = this.#sealed[SEALED.kind] as number;
      this.#segments.push(this.#free, kind | ((this.#sealed[SEALED.decimals] as number) << 8));
      column.add(
        {
          missing: this.#sealed[SEALED.missing] as number,
          others: this.#sealed[SEALED.others] as number,
          firstMissing: this.#sealed[SEALED.firstMissing] as number,
        },
        this.#sealedRows,
      );
      this.#free = align(this.#free + rows * (WIDTHS[kind] as number));
    }
    this.#sealedRows += rows;
    this.#blockRow = 0;
  }

  /** The table of the rows up to here. */
  finish(digest: string): Table {
    if (this.#blockRow > 0) this.#seal();
    const directoryAddress = this.#free;
    const freeAddress = align(directoryAddress + (this.#segments.length / 2) * SEGMENT_BYTES);
    ensureBytes(this.#memory, freeAddress + SLACK_BYTES);
    new Uint32Array(this.#memory.buffer, directoryAddress, this.#segments.length).set(this.#segments);
    const table = {
      memory: this.#memory,
      rows: this.#sealedRows,
      blockRows: this.#blockRows,
      directoryAddress,
      freeAddress,
      columns: this.#columns,
      format: this.#format,
      digest,
    };
    return { ...table, columns: this.#columns.map((_, index) => this.#finishColumn(table, index)) };
  }

  #finishColumn(table: Segments, index: number): TableColumn {
    const column = this.#columns[index] as ColumnBuilder;
    if (!column.isText) {
      const [isInexact] = new Uint8Array(this.#memory.buffer, this.places.notWhole + index, 1);
      return column.finishNumbers(table.rows, isInexact === 0);
    }
    const segments = segmentsOf(table, index);
    return !this.#textColumns.has(column.name) && column.isBoolean()
      ? column.finishTruthValues(table.rows, segments)
      : column.finishTexts(table.rows, segments);
  }
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

function layOut(
  columns: number,
  sizes: Readonly<Record<'ends' | 'spans' | 'texts' | 'staged' | 'input', number>>,
): Places {
  let free = FIRST_ADDRESS;
  const take = (bytes: number) => {
    const address = free;
    free = align(free + bytes);
    return address;
  };
  return {
    scan: take(SCAN_BYTES),
    sealed: take(SEALED_BYTES),
    powers: take(powersOfTen().byteLength),
    textColumns: take(columns),
    notWhole: take(columns),
    ends: take(sizes.ends),
    spans: take(sizes.spans),
    texts: take(sizes.texts),
    staged: take(sizes.staged),
    input: take(sizes.input),
    table: free,
  };
}
