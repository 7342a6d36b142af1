/** A finite double as Python's `repr` and JSON write it: 1 is `1.0`, so that a reader knows it for a real number. */
export function floatText(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
