import type { Frame, NumericColumn } from '../frame.ts';

/** A column of a design, and how to undo its scaling: `design = file * scale + offset`. */
export interface Term {
  /** The column's name, or `<column>=<text>`. */
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
  readonly column: NumericColumn;
}

/** Beyond, 2^-exponent is not a normal double. */
const EXPONENT_MAX = 1000;

/**
 * Returns the columns that estimates are computed from.
 * A column of numbers is moved to begin at 0, and scaled to a range from 0.7 to 1.5 by a power of 2. So no digit of the
 * differences between the numbers is lost, however far from 0 the numbers are. A column of text becomes one column of zeros and ones for each
 * category except the first one, the base level: with a column for the first category too, the columns would add up to
 * the intercept's column.
 *
 * @param frame no value is missing
 * @param names the names of the frame's columns
 */
export function scaledTerms(frame: Frame, names: readonly string[]): Term[] {
  return frame.columns.flatMap((column, j) => {
    const name = names[j]!;
    if (column.kind === 'numeric') return [scaledTerm(name, column)];
    const [, ...categories] = column.counts().keys();
    return categories.map((text) => ({
      name: `${name}=${text}`,
      scale: 1,
      offset: 0,
      column: column.indicator(text),
    }));
  });
}

function scaledTerm(name: string, column: NumericColumn): Term {
  const { min, max } = column.range();
  const exponent = max > min ? Math.round(Math.log2(max - min)) : 0;
  const scale = 2 ** -Math.min(Math.max(exponent, -EXPONENT_MAX), EXPONENT_MAX);
  const offset = -min * scale;
  return { name, scale, offset, column: column.affine(scale, offset) };
}
