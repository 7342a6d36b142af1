import { ensureBytes, type Kernels, kernelsOf, type SharedMemory } from '../kernels/module.ts';
import { powersOfTen } from '../kernels/powersOfTen.ts';
import {
  COLUMN_KINDS,
  MARK_BYTES,
  MARKS,
  READ,
  SCAN,
  SCAN_BYTES,
  SEALED,
  SEALED_BYTES,
} from '../kernels/scanLayout.ts';
import { MissingTexts } from './column.ts';
import { ColumnBuilder, type NumberMarks, type StagedCells } from './columnBuilder.ts';
import type { Header } from './header.ts';
import { LineCounter } from './lines.ts';
import {
  align,
  layOut,
  type MemoryLayout,
  type Sharing,
  type Sizes,
  SLACK_BYTES,
  sizesFor,
  UNSHARED,
} from './memoryLayout.ts';
import { makeMissing } from './missingNumbers.ts';
import { NumberSigns } from './numberSigns.ts';
import type { RowSink } from './rowReader.ts';
import { type Segments, segmentsOf } from './segments.ts';
import type { CsvFormat } from './sniff.ts';
import { SEGMENT_BYTES, type Table, type TableColumn, WIDTHS } from './table.ts';
import { finishTable } from './tableHeader.ts';
import type { TableLimits } from './tableLimits.ts';

/** No text that the kernels read has this byte, so they hand out every cell with a decimal sign. */
const NO_POINT = 0xff;

/**
 * How a column is read: as numbers, as numbers with decimal commas in a file whose delimiter is a comma, or as texts
 * that become numbers if every cell is a truth value.
 */
export type ColumnReading = 'numbers' | 'commas' | 'texts';

export interface BuilderOptions {
  readonly memory: SharedMemory;
  readonly format: CsvFormat;
  readonly limits: TableLimits;
  /** Names of columns that are read as text and always stay text. */
  readonly textColumns: ReadonlySet<string>;
  /** How columns are read, by name: numbers, if nothing else is said. */
  readonly readings: ReadonlyMap<string, ColumnReading>;
  /** Bytes of memory for the bytes to scan. */
  readonly inputBytes: number;
  /** Extra memory for threads that read blocks together. */
  readonly sharing?: Sharing | undefined;
}

/** A block that a thread has read and packed. */
export interface PackedBlock {
  /** Address of its segments, one after the other. */
  readonly slot: number;
  /** Address of `readBlock`'s result. */
  readonly result: number;
  readonly rows: number;
}

/** Builds a table from rows. Cells are staged column by column, and packed when a block is full. */
export class TableBuilder implements RowSink {
  readonly #memory: SharedMemory;
  readonly #kernels: Kernels;
  readonly #format: CsvFormat;
  readonly #textColumns: ReadonlySet<string>;
  readonly #readings: ReadonlyMap<string, ColumnReading>;
  readonly #limits: TableLimits;
  readonly #signs: NumberSigns;
  readonly #missingTexts: MissingTexts;
  readonly #inputBytes: number;
  readonly #sharing: Sharing;
  /** Where the rows stand in the file. */
  readonly lines = new LineCounter();
  #header: Header = { names: [], unnamed: [], renamed: [] };
  #columns: readonly ColumnBuilder[] = [];
  #sizes: Sizes | undefined;
  #places: MemoryLayout | undefined;
  #staged: StagedCells = { halves: new Int32Array(0), doubles: new Float64Array(0) };
  #sealed: Uint32Array = new Uint32Array(0);
  #sealedRows = 0;
  #blockRow = 0;
  /** Address, kind and decimals of each segment. */
  readonly #segments: number[] = [];
  #free = 0;

  constructor(options: BuilderOptions) {
    const { memory, format, limits, textColumns, readings, inputBytes, sharing } = options;
    this.#memory = memory;
    this.#kernels = kernelsOf(memory);
    this.#format = format;
    this.#limits = limits;
    this.#textColumns = textColumns;
    this.#readings = readings;
    this.#signs = new NumberSigns(format, format.signIsOpen, () => this.#setPoint());
    this.#missingTexts = new MissingTexts(format.naValues, format);
    this.#inputBytes = inputBytes;
    this.#sharing = sharing ?? UNSHARED;
  }

  get rows(): number {
    return this.#sealedRows + this.#blockRow;
  }

  get columns(): readonly ColumnBuilder[] {
    return this.#columns;
  }

  /** Whether no cell has proved the decimal sign yet. */
  get signIsOpen(): boolean {
    return this.#signs.isOpen;
  }

  /** Rows in the current block, and its capacity. */
  get blockRow(): number {
    return this.#blockRow;
  }

  get blockRows(): number {
    return this.sizes.blockRows;
  }

  get sizes(): Sizes {
    return this.#sizes as Sizes;
  }

  /** Address of the next block. */
  get free(): number {
    return this.#free;
  }

  get places(): MemoryLayout {
    return this.#places as MemoryLayout;
  }

  begin(header: Header): void {
    const { names } = header;
    this.#header = header;
    this.#columns = names.map((name) => this.#column(name));
    const sizes = sizesFor(names.length);
    const places = layOut(names.length, sizes, this.#inputBytes, this.#kernels.textsBytes(), this.#sharing);
    this.#sizes = sizes;
    this.#places = places;
    this.#free = places.table;
    ensureBytes(this.#memory, places.table);
    const { buffer } = this.#memory;
    const cells = names.length * sizes.columnWords;
    this.#staged = {
      halves: new Int32Array(buffer, places.staged, 2 * cells),
      doubles: new Float64Array(buffer, places.staged, cells),
    };
    this.#sealed = new Uint32Array(buffer, places.sealed, SEALED_BYTES / 4);
    new Uint8Array(buffer, places.textColumns, names.length).set(
      this.#columns.map(({ isText }) => (isText ? COLUMN_KINDS.texts : COLUMN_KINDS.numbers)),
    );
    new Uint8Array(buffer, places.marks, names.length * MARK_BYTES).fill(0);
    const powers = powersOfTen();
    new BigUint64Array(buffer, places.powers, powers.length).set(powers);
    const state = new Uint32Array(buffer, places.scan, SCAN_BYTES / 4);
    state[SCAN.delimiter] = this.#format.delimiter.charCodeAt(0);
    state[SCAN.columns] = names.length;
    state[SCAN.columnBytes] = sizes.columnWords * 8;
    state[SCAN.staged] = places.staged;
    state[SCAN.textColumns] = places.textColumns;
    state[SCAN.marks] = places.marks;
    state[SCAN.ends] = places.ends;
    state[SCAN.endsMax] = sizes.endsMax;
    state[SCAN.spans] = places.spans;
    state[SCAN.spansMax] = sizes.spansMax;
    state[SCAN.texts] = 0;
    state[SCAN.powers] = places.powers;
    this.#setPoint();
  }

  #column(name: string): ColumnBuilder {
    const reading = this.#readings.get(name);
    const signs = reading === 'commas' ? new NumberSigns({ decimalComma: true }) : this.#signs;
    const isText = this.#textColumns.has(name) || reading === 'texts';
    return new ColumnBuilder(name, isText, signs, this.#missingTexts);
  }

  /** Lets the kernels read numbers with the decimal sign, once the sign is known. */
  #setPoint(): void {
    const { isOpen, form } = this.#signs;
    const point = isOpen ? NO_POINT : (form.decimalComma ? ',' : '.').charCodeAt(0);
    new Uint32Array(this.#memory.buffer, this.places.scan, SCAN_BYTES / 4)[SCAN.point] = point;
  }

  add(cells: readonly string[]): void {
    for (const [column, text] of cells.entries()) this.stage(column, this.#blockRow, text);
    this.take(this.#blockRow + 1);
  }

  /**
   * Stages one cell of the block.
   * @returns whether every cell with this column and text is staged the same way
   */
  stage(column: number, blockRow: number, text: string): boolean {
    const at = this.stagedAt(column, blockRow);
    return this.#columns[column]!.stage(text, this.#sealedRows + blockRow, this.#staged, at);
  }

  /** Index of a cell among the staged words. */
  stagedAt(column: number, blockRow: number): number {
    return column * this.sizes.columnWords + blockRow;
  }

  /** Sets the number of rows in the block, and packs a full block. */
  take(blockRow: number): void {
    this.#blockRow = blockRow;
    if (blockRow === this.blockRows) this.#seal();
  }

  /** Adds a packed block after a full one. Moves its segments after the others. */
  addBlock({ slot, result, rows }: PackedBlock): void {
    const { buffer } = this.#memory;
    const columns = this.#columns.length;
    const from = this.#free;
    const [bytes] = new Uint32Array(buffer, result, 1) as unknown as [number];
    if (slot !== from) new Uint8Array(buffer).copyWithin(from, slot, slot + bytes);
    const sealed = new Uint32Array(buffer, result + READ.ofColumns, (columns * SEALED_BYTES) / 4);
    for (let index = 0; index < columns; index++) {
      this.#addSegment(index, sealed.subarray((index * SEALED_BYTES) / 4), rows);
    }
    const bytesOfMarks = columns * MARK_BYTES;
    const ofBlock = new Uint8Array(buffer, result + READ.ofColumns + columns * SEALED_BYTES, bytesOfMarks);
    const marks = new Uint8Array(buffer, this.places.marks, bytesOfMarks);
    for (let at = 0; at < bytesOfMarks; at++) if (ofBlock[at] === 1) marks[at] = 1;
    this.#sealedRows += rows;
  }

  #seal(): void {
    const { staged, sealed } = this.places;
    const rows = this.#blockRow;
    for (const index of this.#columns.keys()) {
      ensureBytes(this.#memory, this.#free + rows * 8 + SLACK_BYTES);
      this.#kernels.seal(staged + this.stagedAt(index, 0) * 8, rows, this.#free, sealed);
      this.#addSegment(index, this.#sealed, rows);
    }
    this.#sealedRows += rows;
    this.#blockRow = 0;
  }

  /** @param sealed `seal`'s result for the segment at `#free` */
  #addSegment(index: number, sealed: Uint32Array, rows: number): void {
    const kind = sealed[SEALED.kind]!;
    this.#segments.push(this.#free, kind | (sealed[SEALED.decimals]! << 8));
    const ofBlock = {
      missing: sealed[SEALED.missing]!,
      others: sealed[SEALED.others]!,
      firstMissing: sealed[SEALED.firstMissing]!,
      words: sealed[SEALED.words]!,
    };
    this.#columns[index]!.add(ofBlock, this.#sealedRows);
    this.#free = align(this.#free + rows * WIDTHS[kind]!);
  }

  /** Returns the table of all rows so far. @throws DataError as `finishTable` */
  finish(digest: string): Table {
    if (this.#blockRow > 0) this.#seal();
    const directoryAddress = this.#free;
    const freeAddress = align(directoryAddress + (this.#segments.length / 2) * SEGMENT_BYTES);
    ensureBytes(this.#memory, freeAddress + SLACK_BYTES);
    new Uint32Array(this.#memory.buffer, directoryAddress, this.#segments.length).set(this.#segments);
    const table = {
      memory: this.#memory,
      rows: this.#sealedRows,
      blockRows: this.blockRows,
      directoryAddress,
      freeAddress,
      columns: this.#columns,
      format: this.#finishFormat(),
      digest,
      lines: this.lines.numbers,
      limits: this.#limits,
    };
    const columns = this.#columns.map((_, index) => this.#finishColumn(table, index));
    return finishTable({ ...table, columns }, this.#header, this.#segments);
  }

  /** Returns the format with what the rows showed about its decimal sign. */
  #finishFormat(): CsvFormat {
    const { signIsOpen, ...format } = this.#format;
    const { isOpen, form, hasPassed, oddGroup } = this.#signs;
    if (signIsOpen !== true && oddGroup === undefined) return format;
    return {
      ...format,
      ...(oddGroup !== undefined && { oddGroup }),
      decimalComma: form.decimalComma,
      ...(isOpen && { signIsOpen }),
      ...(hasPassed && { signCameLate: true }),
    };
  }

  #finishColumn(table: Segments, index: number): TableColumn {
    const column = this.#columns[index]!;
    const segments = segmentsOf(table, index);
    if (!column.isText) {
      const { numbers } = this.#missingTexts;
      const replaced = numbers.length > 0 ? makeMissing(segmentsOf(table, index), numbers) : undefined;
      if (replaced !== undefined) column.addMissing(replaced.cells, replaced.first);
      return column.finishNumbers(table.rows, this.#marksOf(index));
    }
    return !this.#textColumns.has(column.name) && column.isBoolean()
      ? column.finishTruthValues(table.rows, segments)
      : column.finishTexts(table.rows, segments);
  }

  #marksOf(index: number): NumberMarks {
    const address = this.places.marks + index * MARK_BYTES;
    const marks = new Uint8Array(this.#memory.buffer, address, MARK_BYTES);
    return { isNotWhole: marks[MARKS.notWhole] === 1, isLarge: marks[MARKS.large] === 1 };
  }
}
