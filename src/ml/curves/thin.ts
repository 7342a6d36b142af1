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
 * @returns the places of the picked points in the order in which they were picked; the first and the last point come first. So
 * the first `k` of them are what `k` points would be. All places, ascending, if there are not more than `most`
 */
export function pick(x: Float64Array, y: Float64Array, most: number): number[] {
  const n = x.length;
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const picked = [0, n - 1];
  const widest = new Widest(segmentOf(x, y, 0, n - 1));
  while (picked.length < most) {
    const { first, last, farthest, distance } = widest.segment;
    if (distance <= 0) break;
    picked.push(farthest);
    widest.split(segmentOf(x, y, first, farthest), segmentOf(x, y, farthest, last));
  }
  return picked;
}

/** The places of picked points, ascending. */
export function thin(x: Float64Array, y: Float64Array, most: number): number[] {
  return pick(x, y, most).sort((a, b) => a - b);
}

interface Numbered {
  readonly segment: Segment;
  /** The segment that was found first is the wider one of two that are equally wide. */
  readonly number: number;
}

/** The segments as a heap: no segment is wider than that above it. */
class Widest {
  readonly #heap: Numbered[];
  #found = 1;

  constructor(segment: Segment) {
    this.#heap = [{ segment, number: 0 }];
  }

  get segment(): Segment {
    return this.#heap[0]!.segment;
  }

  /** Puts two segments into the place of the widest one. The first one takes its number. */
  split(first: Segment, second: Segment): void {
    this.#sink({ segment: first, number: this.#heap[0]!.number });
    this.#rise({ segment: second, number: this.#found });
    this.#found += 1;
  }

  #sink(one: Numbered): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isWider(heap[child + 1]!, heap[child]!)) child++;
      if (!isWider(heap[child]!, one)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = one;
  }

  #rise(one: Numbered): void {
    const heap = this.#heap;
    let at = heap.length;
    for (let above = (at - 1) >> 1; at > 0 && isWider(one, heap[above]!); above = (at - 1) >> 1) {
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = one;
  }
}

function isWider(a: Numbered, b: Numbered): boolean {
  const width = a.segment.distance;
  const other = b.segment.distance;
  return width > other || (width === other && a.number < b.number);
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
