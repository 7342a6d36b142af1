import type { Header } from '../../../data/header.ts';
import { floatText } from '../../../python/floatText.ts';
import type { ClassesDtype, ClassLabel } from '../../../values/dataset.ts';
import type { ModelDescription } from '../../../values/loadedModel.ts';

/** Line end of the written rows, as in pandas' `to_csv`. */
const NEWLINE = '\n';

/** Writes cells with one delimiter. A cell is quoted only if it could be read in another way without quotes. */
export class CsvCells {
  readonly delimiter: string;
  readonly #special: RegExp;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
    this.#special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  }

  /** Cells without a line end behind them. */
  join(cells: readonly string[]): string {
    return cells.map((cell) => this.quoted(cell)).join(this.delimiter);
  }

  quoted(cell: string): string {
    return this.#special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }

  /** The header line, as the file has it: a column without a name stays without one. */
  header({ names, unnamed, hasRowNames }: Header, added: readonly string[]): string {
    const without = new Set(hasRowNames ? [0, ...unnamed] : unnamed);
    const own = names.map((name, index) => (without.has(index) ? '' : name));
    return this.join([...own, ...added]) + NEWLINE;
  }
}

/** The classes of a model, as pandas writes them. */
export function classTexts({ classes, dtype }: ModelDescription['target']): string[] {
  return classes.map((label) => labelText(label, dtype));
}

/** Names of the columns that are added. @param terms names of the contributions, for each score */
export function addedNames(classes: readonly string[], terms: readonly string[], scores: number): string[] {
  const contributions = Array.from({ length: scores }, (_, score) =>
    terms.map((term) => (scores === 1 ? `contribution_${term}` : `contribution_${classes[score]}_${term}`)),
  );
  return ['prediction', ...classes.map((name) => `probability_${name}`), ...contributions.flat()];
}

function labelText(label: ClassLabel, dtype: ClassesDtype): string {
  if (typeof label === 'string') return label;
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return dtype === 'float64' ? floatText(label) : String(label);
}
