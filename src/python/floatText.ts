/** Writes a finite double like Python's `repr` and JSON: 1 is `1.0`, so that readers know it is a float. */
export function floatText(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
