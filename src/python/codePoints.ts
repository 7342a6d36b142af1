/**
 * Orders text by code point, like Python and NumPy.
 * JavaScript orders by UTF-16 unit, which puts U+E000 to U+FFFF after the characters beyond U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
