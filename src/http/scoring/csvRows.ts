import type { Header } from '../../data/header.ts';
import { LineCounter } from '../../data/lines.ts';
import type { RowSink } from '../../data/rowReader.ts';
import { quote } from '../../errors.ts';
import type { FeatureColumn } from '../../models/port.ts';
import type { ColumnInfo } from '../../values/dataset.ts';
import { BodyError } from './bodyError.ts';
import { cellReader, missingValue, refusesMissing, requireColumns, wrongValue } from './enforce.ts';

/** Rows of a CSV that arrived together, with the features in the model's order. */
export interface CsvBatch {
  /** Number of the first row, counted from 1. */
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
  /** All cells of each row, if they are kept. */
  readonly cells: readonly (readonly string[])[];
  /** Rows with a bad cell, counted from 0 in this batch. */
  readonly bad: ReadonlySet<number>;
}

export interface CsvRowsOptions {
  readonly features: readonly ColumnInfo[];
  readonly decimalComma: boolean;
  /** Whether the batches keep all cells, to write the rows again. */
  readonly keepsCells: boolean;
  /** Whether a row with a bad cell is only marked. Otherwise the first bad cell is an error. */
  readonly marksBad: boolean;
  /** Called once the columns are known. */
  readonly onHeader?: (header: Header) => void;
}

type Value = number | string | null;

/** One feature: where its cells are, and the values of the batch so far. */
interface Feature {
  readonly info: ColumnInfo;
  readonly index: number;
  readonly read: (cell: string) => Value | undefined;
  readonly refusesMissing: boolean;
  values: Value[];
}

/** Takes the rows of a CSV and keeps the features, until `take` hands them out. */
export class CsvRows implements RowSink {
  readonly lines = new LineCounter();
  readonly #options: CsvRowsOptions;
  #features: readonly Feature[] = [];
  #cells: (readonly string[])[] = [];
  #bad = new Set<number>();
  #taken = 0;
  #rows = 0;

  constructor(options: CsvRowsOptions) {
    this.#options = options;
  }

  get rows(): number {
    return this.#taken + this.#rows;
  }

  /** @throws BodyError `missing_columns` */
  begin(header: Header): void {
    const { features, decimalComma, onHeader } = this.#options;
    requireColumns(features, (name) => header.names.includes(name));
    onHeader?.(header);
    this.#features = features.map((info) => ({
      info,
      index: header.names.indexOf(info.name),
      read: cellReader(info, decimalComma),
      refusesMissing: refusesMissing(info),
      values: [],
    }));
  }

  /** @throws BodyError `wrong_value`, `missing_value` unless bad rows are marked */
  add(cells: readonly string[]): void {
    let fault: BodyError | undefined;
    for (const feature of this.#features) {
      const value = feature.read(cells[feature.index]!);
      const problem = this.#faultOf(value, feature);
      fault ??= problem;
      feature.values.push(problem === undefined && value !== undefined ? value : Number.NaN);
    }
    if (fault !== undefined) {
      if (!this.#options.marksBad) throw fault;
      this.#bad.add(this.#rows);
    }
    if (this.#options.keepsCells) this.#cells.push(cells);
    this.#rows++;
  }

  #faultOf(value: Value | undefined, { info, refusesMissing: refuses }: Feature): BodyError | undefined {
    if (value === undefined) return wrongValue(info, this.rows + 1);
    if (refuses && (value === null || Number.isNaN(value))) return missingValue(info, this.rows + 1);
    return undefined;
  }

  /** Hands out the rows since the last call. */
  take(): CsvBatch {
    const batch = {
      firstRow: this.#taken + 1,
      rows: this.#rows,
      columns: this.#features.map(({ info, values }) =>
        info.type === 'string' ? textsOf(values) : Float64Array.from(values as number[]),
      ),
      cells: this.#cells,
      bad: this.#bad,
    };
    this.#taken += this.#rows;
    this.#rows = 0;
    this.#cells = [];
    this.#bad = new Set();
    for (const feature of this.#features) feature.values = [];
    return batch;
  }
}

/** A bad cell of a text column does not exist, so that every value is a text or missing. */
const textsOf = (values: readonly Value[]) => values as readonly (string | null)[];

/** @throws BodyError `column_taken` if the file already has a column that will be added */
export function refuseTaken(names: readonly string[], added: readonly string[]): void {
  const column = added.find((name) => names.includes(name));
  if (column === undefined) return;
  const says = `The file already has a column ${quote(column)}, which would be added: rename or remove the column.`;
  throw new BodyError('column_taken', says, { column });
}
