interface Segment {
  readonly first: number;
  readonly last: number;
  /** The point between both ends that lies farthest from the line through them. */
  readonly farthest: number;
  readonly distance: number;
}

/**
 * Picks points of a curve so that the curve through them keeps its corners (Douglas & Peucker 1973, until `most` points are
 * picked).
 * @returns the places of the picked points, ascending; the first and the last point are among them
 */
export function thin(x: Float64Array, y: Float64Array, most: number): number[] {
  const n = x.length;
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const picked = [0, n - 1];
  const segments = [segmentOf(x, y, 0, n - 1)];
  while (picked.length < most) {
    let widest = 0;
    for (let i = 1; i < segments.length; i++) {
      if (segments[i]!.distance > segments[widest]!.distance) widest = i;
    }
    const { first, last, farthest, distance } = segments[widest]!;
    if (distance <= 0) break;
    picked.push(farthest);
    segments[widest] = segmentOf(x, y, first, farthest);
    segments.push(segmentOf(x, y, farthest, last));
  }
  return picked.sort((a, b) => a - b);
}

function segmentOf(x: Float64Array, y: Float64Array, first: number, last: number): Segment {
  const dx = x[last]! - x[first]!;
  const dy = y[last]! - y[first]!;
  // Ends in one place are a line as well: the distance from it does not matter, because the points are the same.
  const length = Math.hypot(dx, dy) || 1;
  let farthest = first;
  let distance = 0;
  for (let i = first + 1; i < last; i++) {
    const px = x[i]! - x[first]!;
    const py = y[i]! - y[first]!;
    const away = Math.abs(dx * py - dy * px);
    if (away > distance) {
      distance = away;
      farthest = i;
    }
  }
  return { first, last, farthest, distance: distance / length };
}
