import { requireColumns } from '../../../data/featureCells.ts';
import type { Header } from '../../../data/header.ts';
import { LineCounter } from '../../../data/lines.ts';
import { layOut, type MemoryLayout, type Sizes, sizesFor, UNSHARED } from '../../../data/memoryLayout.ts';
import { inputBytes, type ScannedRows } from '../../../data/plainScanner.ts';
import { PIECE_BYTES } from '../../../data/rowFeed.ts';
import type { CsvFormat } from '../../../data/sniff.ts';
import type { TableLimits } from '../../../data/tableLimits.ts';
import { BodyError, quote } from '../../../errors.ts';
import { ensureBytes, kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import { powersOfTen } from '../../../kernels/powersOfTen.ts';
import { COLUMN_KINDS, ROW_VALUE_BYTES, SCAN, SCAN_BYTES } from '../../../kernels/scanLayout.ts';
import type { Predictor } from '../../../models/port.ts';
import { createPredictor } from '../../../models/predictor.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { FilePredictionSpec } from '../../../values/filePrediction.ts';
import { type PredictedBatch, predictBatch } from './batch.ts';
import { addedNames, CsvCells, classTexts } from './csvCells.ts';
import { RowWriter } from './rowWriter.ts';
import { StagedFeature, type StagedWords } from './stagedFeature.ts';

export interface PredictedRowsOptions extends FilePredictionSpec {
  readonly memory: SharedMemory;
  readonly format: CsvFormat;
  readonly limits: TableLimits;
}

/** Lines of the memory, or a row that was read as text. */
type Segment =
  | { readonly from: number; readonly to: number; readonly rows: number }
  | { readonly line: Uint8Array };

/** Bytes of the cells that are added to the rows of one batch. */
const CELLS_BYTES_MAX = 1 << 22;
const ROWS_MIN = 16;

/** Takes the rows of a CSV, predicts them in batches, and writes them with their predictions. */
export class PredictedRows implements ScannedRows {
  readonly lines = new LineCounter();
  readonly signIsOpen = false;
  columns: readonly string[] = [];
  readonly #options: PredictedRowsOptions;
  readonly #predictor: Predictor;
  readonly #cells: CsvCells;
  readonly #classes: readonly string[];
  readonly #codes: ReadonlyMap<ClassLabel, number>;
  #features: readonly StagedFeature[] = [];
  /** The feature of each column of the file, if there is one. */
  #featureOf: readonly (StagedFeature | undefined)[] = [];
  #sizes: Sizes | undefined;
  #places: MemoryLayout | undefined;
  #words: StagedWords = { halves: new Int32Array(0), doubles: new Float64Array(0) };
  #writer: RowWriter | undefined;
  #segments: Segment[] = [];
  #written = 0;
  #blockRow = 0;
  #blockRows = 0;
  #nValues = 0;

  constructor(options: PredictedRowsOptions) {
    const { model, format } = options;
    this.#options = options;
    this.#predictor = createPredictor(model);
    this.#cells = new CsvCells(format.delimiter);
    this.#classes = classTexts(model.target);
    this.#codes = new Map(model.target.classes.map((label, code) => [label, code]));
  }

  get rows(): number {
    return this.#written + this.#blockRow;
  }

  get places(): MemoryLayout {
    return this.#places as MemoryLayout;
  }

  get blockRow(): number {
    return this.#blockRow;
  }

  get blockRows(): number {
    return this.#blockRows;
  }

  /** @throws BodyError `missing_columns`, `column_taken` */
  begin(header: Header): void {
    const { memory, format, limits, model } = this.#options;
    const { names } = header;
    requireColumns(model.features, (name) => names.includes(name));
    const added = addedNames(this.#classes, ...this.#terms());
    refuseTaken(names, added);
    this.columns = names;
    const sizes = sizesFor(names.length);
    this.#sizes = sizes;
    this.#places = layOut(
      names.length,
      sizes,
      inputBytes(PIECE_BYTES, limits),
      kernelsOf(memory).textsBytes(),
      UNSHARED,
    );
    this.#nValues = added.length - 1;
    const fitting = Math.floor(CELLS_BYTES_MAX / (this.#nValues * ROW_VALUE_BYTES));
    this.#blockRows = Math.min(sizes.blockRows, Math.max(ROWS_MIN, fitting));
    this.#features = model.features.map(
      (info) => new StagedFeature(info, format.decimalComma, names.indexOf(info.name) * sizes.columnWords),
    );
    this.#featureOf = names.map((name) => this.#features.find(({ info }) => info.name === name));
    const empty = format.delimiter.repeat(added.length);
    this.#writer = new RowWriter({
      memory,
      from: this.places.table,
      delimiter: format.delimiter,
      decimalComma: format.decimalComma,
      texts: [...this.#classes.map((text) => format.delimiter + this.#cells.quoted(text)), empty],
      nValues: this.#nValues,
      rowsMax: this.#blockRows,
    });
    this.open();
    this.#writer.writeText(Buffer.from(this.#cells.header(header, added)));
  }

  /** Prepares the memory for further rows. Other files may have used it since the last row. */
  open(): void {
    if (this.#writer === undefined) return;
    const { memory, format, limits } = this.#options;
    const { places, columns } = this;
    const sizes = this.#sizes as Sizes;
    ensureBytes(memory, places.table);
    this.#writer.open();
    const { buffer } = memory;
    const cells = columns.length * sizes.columnWords;
    this.#words = {
      halves: new Int32Array(buffer, places.staged, 2 * cells),
      doubles: new Float64Array(buffer, places.staged, cells),
    };
    new Uint8Array(buffer, places.textColumns, columns.length).set(
      this.#featureOf.map((feature) => {
        if (feature === undefined) return COLUMN_KINDS.skipped;
        return feature.isText ? COLUMN_KINDS.texts : COLUMN_KINDS.numbers;
      }),
    );
    const powers = powersOfTen();
    new BigUint64Array(buffer, places.powers, powers.length).set(powers);
    const state = new Uint32Array(buffer, places.scan, SCAN_BYTES / 4);
    state[SCAN.delimiter] = format.delimiter.charCodeAt(0);
    state[SCAN.point] = (format.decimalComma ? ',' : '.').charCodeAt(0);
    state[SCAN.columns] = columns.length;
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
    state[SCAN.lineBytesMax] = Math.min(limits.lineChars, limits.cellChars);
  }

  add(cells: readonly string[]): void {
    for (const [column, feature] of this.#featureOf.entries()) {
      feature?.stage(this.#words, this.#blockRow, cells[column]!);
    }
    this.#segments.push({ line: Buffer.from(this.#cells.join(cells)) });
    this.#grow(this.#blockRow + 1);
  }

  stage(column: number, blockRow: number, text: string): boolean {
    this.#featureOf[column]?.stage(this.#words, blockRow, text);
    return true;
  }

  stagedAt(column: number, blockRow: number): number {
    return column * (this.#sizes as Sizes).columnWords + blockRow;
  }

  take(blockRow: number, from: number, to: number): void {
    if (blockRow === this.#blockRow) return;
    this.#segments.push({ from, to, rows: blockRow - this.#blockRow });
    this.#grow(blockRow);
  }

  #grow(blockRow: number): void {
    this.#blockRow = blockRow;
    if (blockRow === this.#blockRows) this.flush();
  }

  /** Predicts and writes the rows of the block. @throws BodyError if a row cannot be predicted */
  flush(): void {
    const rows = this.#blockRow;
    if (rows === 0) return;
    const { explain, marksBad } = this.#options;
    const batch = {
      features: this.#features,
      words: this.#words,
      rows,
      firstRow: this.#written + 1,
    };
    this.#enter(predictBatch(this.#predictor, batch, explain, marksBad), rows);
    this.#writeSegments();
    this.#segments = [];
    this.#written += rows;
    this.#blockRow = 0;
    for (const feature of this.#features) if (feature.isFull) this.#forgetTexts();
  }

  /** Hands the predictions to the writer. */
  #enter(
    { prediction: { labels, probabilities, contributions }, places }: PredictedBatch,
    rows: number,
  ): void {
    const writer = this.#writer as RowWriter;
    const codes = writer.codes(rows);
    const values = writer.values(rows);
    const nClasses = this.#classes.length;
    const nMore = this.#nValues - nClasses;
    const isPlain = places === undefined && contributions === undefined;
    if (isPlain) values.set(probabilities);
    for (let row = 0; row < rows; row++) {
      const at = places === undefined ? row : places[row]!;
      codes[row] = at < 0 ? nClasses : this.#codes.get(labels[at]!)!;
      if (isPlain || at < 0) continue;
      const first = row * this.#nValues;
      values.set(probabilities.subarray(at * nClasses, (at + 1) * nClasses), first);
      if (contributions !== undefined)
        values.set(contributions.values.subarray(at * nMore, (at + 1) * nMore), first + nClasses);
    }
  }

  #writeSegments(): void {
    const writer = this.#writer as RowWriter;
    let row = 0;
    for (const segment of this.#segments) {
      if ('line' in segment) {
        writer.writeRow(segment.line, row);
        row++;
      } else {
        writer.writeLines(segment.from, segment.to, row, segment.rows);
        row += segment.rows;
      }
    }
  }

  #forgetTexts(): void {
    for (const feature of this.#features) feature.forgetTexts();
    new Uint32Array(this.#options.memory.buffer, this.places.scan, SCAN_BYTES / 4)[SCAN.texts] = 0;
  }

  /** Returns what was written since the last call, in a buffer if there is room. */
  takeBytes(into: Uint8Array): Uint8Array {
    return this.#writer?.take(into) ?? new Uint8Array(0);
  }

  /** Names of the contributions, and how many scores have them. The model tells them with any prediction. */
  #terms(): [terms: readonly string[], scores: number] {
    const { explain, model } = this.#options;
    if (!explain) return [[], 1];
    const columns = model.features.map(({ type }) => (type === 'string' ? [] : new Float64Array(0)));
    const { contributions } = this.#predictor.predict(columns, 0, { explain });
    return [contributions?.names ?? [], contributions?.intercepts.length ?? 1];
  }
}

/** @throws BodyError `column_taken` if the file already has a column that will be added */
function refuseTaken(names: readonly string[], added: readonly string[]): void {
  const column = added.find((name) => names.includes(name));
  if (column === undefined) return;
  const says = `The file already has a column ${quote(column)}, which would be added: rename or remove the column.`;
  throw new BodyError('column_taken', says, { column });
}
