import type { NumericColumn, TextColumn } from '../../../ml/frame.ts';
import { compareCodePoints } from '../../../python/codePoints.ts';
import { PackedNumericColumn } from './numericColumn.ts';
import type { RowSetSource } from './rowSetSource.ts';

/** No cell has this code. */
const NO_CODE = -1;

/** A packed column of text: its cells stay codes. */
export class PackedTextColumn implements TextColumn {
  readonly kind = 'text';
  readonly #source: RowSetSource;
  readonly #index: number;
  readonly #texts: readonly string[];
  /** The text that replaces a missing one. */
  readonly #filler: string | undefined;
  #counts: Float64Array | undefined;

  constructor(source: RowSetSource, index: number, filler?: string) {
    const column = source.rowSet.workplace.table.columns[index]!;
    this.#source = source;
    this.#index = index;
    this.#texts = column.kind === 'text' ? column.texts : [];
    this.#filler = filler;
  }

  get name(): string {
    return this.#source.rowSet.workplace.table.columns[this.#index]!.name;
  }

  get nSamples(): number {
    return this.#source.rowSet.nSamples;
  }

  get nMissing(): number {
    return this.#filler === undefined ? this.#countMissing() : 0;
  }

  counts(): ReadonlyMap<string, number> {
    const rows = this.#count();
    const counts = new Map(this.#texts.map((text, code) => [text, rows[code]!]));
    if (this.#filler !== undefined) {
      counts.set(this.#filler, (counts.get(this.#filler) ?? 0) + this.#countMissing());
    }
    return new Map([...counts].filter(([, n]) => n > 0).sort(([a], [b]) => compareCodePoints(a, b)));
  }

  fill(text: string): TextColumn {
    return this.nMissing === 0 ? this : new PackedTextColumn(this.#source, this.#index, text);
  }

  indicator(text: string): NumericColumn {
    const found = this.#texts.indexOf(text);
    const missingCounts = text === this.#filler;
    const indicator = { code: found < 0 ? NO_CODE : found, missingCounts };
    const note = { column: this.#index, mayBeMissing: false, fill: Number.NaN, indicator };
    return new PackedNumericColumn(this.#source, note, {
      nMissing: 0,
      range: () => {
        const ones = (found < 0 ? 0 : this.#count()[found]!) + (missingCounts ? this.#countMissing() : 0);
        return { min: ones === this.nSamples ? 1 : 0, max: ones > 0 ? 1 : 0 };
      },
    });
  }

  #count(): Float64Array {
    this.#counts ??= this.#source.rowSet.countTexts(this.#index);
    return this.#counts;
  }

  #countMissing(): number {
    return this.#count().at(-1)!;
  }
}
