/**
 * What the signs of a number-like text say about a file. A sign before exactly three digits, such as in `1,234`, may be
 * a decimal sign or group thousands. All other uses are proof of one of the two.
 */
export const SHAPES = {
  /** The comma is a decimal sign: `1,5`. */
  commaDecimal: 1,
  /** The comma groups thousands: `1,234,567`, `1,234.5`. */
  commaGroups: 2,
  /** The comma is one of the two: `1,234`. */
  commaDoubt: 4,
  pointDecimal: 8,
  pointGroups: 16,
  pointDoubt: 32,
  /** Anything else. */
  other: 64,
} as const;

/** Proof that the decimal sign is a comma, or a point. */
export const COMMA_PROOF = SHAPES.commaDecimal | SHAPES.pointGroups;
export const POINT_PROOF = SHAPES.pointDecimal | SHAPES.commaGroups;
export const COMMA_NUMBERS = SHAPES.commaDecimal | SHAPES.commaDoubt;
export const DOUBT = SHAPES.commaDoubt | SHAPES.pointDoubt;

/** The grammars of one sign, each with the other sign in the second place. */
const grammarsOf = (sign: string, other: string) => ({
  doubt: new RegExp(`^[+-]?[1-9]\\d{0,2}${sign}\\d{3}$`),
  decimal: new RegExp(`^[+-]?(?:\\d+${sign}\\d*|${sign}\\d+)(?:[eE][+-]?\\d+)?$`),
  groups: new RegExp(`^[+-]?[1-9]\\d{0,2}(?:${sign}\\d{3}){2,}$`),
  groupsBefore: new RegExp(`^[+-]?[1-9]\\d{0,2}(?:${sign}\\d{3})+${other}\\d*$`),
});
const COMMA = grammarsOf(',', '\\.');
const POINT = grammarsOf('\\.', ',');

/** Returns the shapes of a text that is not a whole number. */
export function shapesOf(cell: string): number {
  const text = cell.trim();
  const hasComma = text.includes(',');
  const hasPoint = text.includes('.');
  if (hasComma && hasPoint) {
    if (COMMA.groupsBefore.test(text)) return SHAPES.commaGroups | SHAPES.pointDecimal;
    if (POINT.groupsBefore.test(text)) return SHAPES.pointGroups | SHAPES.commaDecimal;
    return SHAPES.other;
  }
  if (hasComma) {
    if (COMMA.doubt.test(text)) return SHAPES.commaDoubt;
    if (COMMA.decimal.test(text)) return SHAPES.commaDecimal;
    return COMMA.groups.test(text) ? SHAPES.commaGroups : SHAPES.other;
  }
  if (hasPoint) {
    if (POINT.doubt.test(text)) return SHAPES.pointDoubt;
    if (POINT.decimal.test(text)) return SHAPES.pointDecimal;
    return POINT.groups.test(text) ? SHAPES.pointGroups : SHAPES.other;
  }
  return SHAPES.other;
}
