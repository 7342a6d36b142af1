import {
  cellReader,
  missingValue,
  refusesMissing,
  requireColumns,
  wrongValue,
} from '../../data/featureCells.ts';
import type { Header } from '../../data/header.ts';
import { LineCounter } from '../../data/lines.ts';
import type { RowSink } from '../../data/rowReader.ts';
import type { FeatureColumn } from '../../models/port.ts';
import type { ColumnInfo } from '../../values/dataset.ts';

type Value = number | string | null;

/** One feature: where its cells are, and the values so far. */
interface Feature {
  readonly info: ColumnInfo;
  readonly index: number;
  readonly read: (cell: string) => Value | undefined;
  readonly refusesMissing: boolean;
  readonly values: Value[];
}

/** Takes the rows of a CSV and keeps the features. */
export class CsvRows implements RowSink {
  readonly lines = new LineCounter();
  readonly #infos: readonly ColumnInfo[];
  readonly #decimalComma: boolean;
  #features: readonly Feature[] = [];
  #rows = 0;

  constructor(features: readonly ColumnInfo[], decimalComma: boolean) {
    this.#infos = features;
    this.#decimalComma = decimalComma;
  }

  get rows(): number {
    return this.#rows;
  }

  /** @throws BodyError `missing_columns` */
  begin({ names }: Header): void {
    requireColumns(this.#infos, (name) => names.includes(name));
    this.#features = this.#infos.map((info) => ({
      info,
      index: names.indexOf(info.name),
      read: cellReader(info, this.#decimalComma),
      refusesMissing: refusesMissing(info),
      values: [],
    }));
  }

  /** @throws BodyError `wrong_value`, `missing_value` */
  add(cells: readonly string[]): void {
    for (const { info, index, read, refusesMissing: refuses, values } of this.#features) {
      const value = read(cells[index]!);
      if (value === undefined) throw wrongValue(info, this.#rows + 1);
      if (refuses && (value === null || Number.isNaN(value))) throw missingValue(info, this.#rows + 1);
      values.push(value);
    }
    this.#rows++;
  }

  /** The features of all rows. */
  columns(): FeatureColumn[] {
    return this.#features.map(({ info, values }) =>
      info.type === 'string' ? (values as (string | null)[]) : Float64Array.from(values as number[]),
    );
  }
}
