import type { Header } from '../../data/header.ts';
import type { CsvFormat } from '../../data/sniff.ts';
import type { Prediction } from '../../models/port.ts';
import { floatText } from '../../python/floatText.ts';
import type { ClassesDtype, ClassLabel } from '../../values/dataset.ts';
import type { ModelDescription } from '../../values/loadedModel.ts';
import type { CsvBatch } from './csvRows.ts';

/** Line end of the written rows, as in pandas' `to_csv`. */
const NEWLINE = '\n';

/** Writes rows as CSV, with the delimiter and the decimal sign of the file that they come from. */
export class CsvWriter {
  readonly #delimiter: string;
  readonly #decimalComma: boolean;
  readonly #special: RegExp;
  readonly #classes: readonly string[];
  readonly #label: (label: ClassLabel) => string;

  constructor({ delimiter, decimalComma }: CsvFormat, { target }: ModelDescription) {
    this.#delimiter = delimiter;
    this.#decimalComma = decimalComma;
    this.#special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
    this.#label = (label) => labelText(label, target.dtype);
    this.#classes = target.classes.map(this.#label);
  }

  /** Names of the columns that are added. @param terms names of the contributions, for each score */
  added(terms: readonly string[] = [], scores = 1): string[] {
    const contributions = Array.from({ length: scores }, (_, score) =>
      terms.map((term) =>
        scores === 1 ? `contribution_${term}` : `contribution_${this.#classes[score]}_${term}`,
      ),
    );
    return ['prediction', ...this.#classes.map((name) => `probability_${name}`), ...contributions.flat()];
  }

  /** The header line, as the file has it: a column without a name stays without one. */
  header({ names, unnamed, hasRowNames }: Header, added: readonly string[]): string {
    const without = new Set(hasRowNames ? [0, ...unnamed] : unnamed);
    const own = names.map((name, index) => (without.has(index) ? '' : name));
    return this.#line([...own, ...added].map((name) => this.#quoted(name)));
  }

  /**
   * The rows with their predictions. A row without a prediction ends in empty cells.
   * @param rowOf place of each row in the prediction, -1 if the row has none
   */
  rows(
    { cells }: Pick<CsvBatch, 'cells'>,
    prediction: Prediction,
    rowOf: (row: number) => number,
    width: number,
    hasQuotes: boolean,
  ): string {
    const { labels, probabilities, contributions } = prediction;
    const nClasses = this.#classes.length;
    const nValues = width - 1 - nClasses;
    const empty = this.#delimiter.repeat(width);
    let text = '';
    for (let row = 0; row < cells.length; row++) {
      const own = cells[row]!;
      text += (hasQuotes ? own.map((cell) => this.#quoted(cell)) : own).join(this.#delimiter);
      const at = rowOf(row);
      if (at < 0) {
        text += empty + NEWLINE;
        continue;
      }
      text += this.#delimiter + this.#quoted(this.#label(labels[at]!));
      for (let k = at * nClasses; k < (at + 1) * nClasses; k++)
        text += this.#delimiter + this.#number(probabilities[k]!);
      if (contributions !== undefined) {
        for (let k = at * nValues; k < (at + 1) * nValues; k++)
          text += this.#delimiter + this.#number(contributions.values[k]!);
      }
      text += NEWLINE;
    }
    return text;
  }

  #number(value: number): string {
    const text = String(value);
    return this.#decimalComma ? text.replace('.', ',') : text;
  }

  #quoted(cell: string): string {
    return this.#special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }

  #line(cells: readonly string[]): string {
    return cells.join(this.#delimiter) + NEWLINE;
  }
}

/** A class as pandas writes it. */
function labelText(label: ClassLabel, dtype: ClassesDtype): string {
  if (typeof label === 'string') return label;
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return dtype === 'float64' ? floatText(label) : String(label);
}
