/** The columns of a file as its header line names them, and as pandas renames them. */
export interface Header {
  /** A different name for each column. */
  readonly names: readonly string[];
  /** Indices of columns that the header line gives no name. */
  readonly unnamed: readonly number[];
  /** Columns whose name an earlier column has. */
  readonly renamed: readonly { readonly index: number; readonly from: string }[];
  /** Whether the first column holds row names, for which the header line has no place. */
  readonly hasRowNames?: boolean;
  /** Whether the last column is only the delimiter at the end of each row, for which the header line has no place. */
  readonly hasOverhang?: boolean;
}

/** A name that is not the name of a column in the file, for the column of row names. */
const ROW_NAMES = '(row names)';

/**
 * Names the columns as pandas' `read_csv` does (pandas.io.common.mangle_dupe_names).
 * A column without a name is `Unnamed: 0`, by its place. The second `Age` is `Age.1`, or the next number that no
 * column has.
 */
export function pandasNames(cells: readonly string[]): Header {
  const unnamed = [...cells.keys()].filter((index) => cells[index] === '');
  const names = cells.map((cell, index) => (cell === '' ? `Unnamed: ${index}` : cell));
  const counts = new Map<string, number>();
  const taken = new Set(names);
  const renamed: { index: number; from: string }[] = [];
  const isUnnamed = new Set(unnamed);
  // Named columns keep their names, and a column without a name gives way.
  const order = [...[...names.keys()].filter((index) => !isUnnamed.has(index)), ...unnamed];
  for (const index of order) {
    const from = names[index]!;
    const name = freeName(from, counts, taken);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (name === from) continue;
    names[index] = name;
    taken.add(name);
    if (!isUnnamed.has(index)) renamed.push({ index, from });
  }
  return { names, unnamed, renamed };
}

function freeName(from: string, counts: Map<string, number>, taken: ReadonlySet<string>): string {
  let name = from;
  let count = counts.get(from) ?? 0;
  while (count > 0) {
    counts.set(from, count + 1);
    name = `${from}.${count}`;
    if (taken.has(name)) count++;
    else count = counts.get(name) ?? 0;
  }
  return name;
}

/** Adds a first column of row names. */
export function withRowNames({ names, unnamed, renamed }: Header): Header {
  return {
    names: [names.includes(ROW_NAMES) ? `${ROW_NAMES}.${names.length}` : ROW_NAMES, ...names],
    unnamed: unnamed.map((index) => index + 1),
    renamed: renamed.map(({ index, from }) => ({ index: index + 1, from })),
    hasRowNames: true,
  };
}
