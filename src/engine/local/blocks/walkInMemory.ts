import { kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import { type Mark, stopsOf, WALK_POINTS_MAX, type Walk, walkSteps } from '../../../ml/curves/walk.ts';

const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Doubles of a mark, and of a point. */
const TRIPLE = 3;
const SUMS = 2;

/** Where the kernel `measureRows` has left the sorted scores. The room to sort in lies behind them. */
interface SortedRows {
  readonly sorted: number;
  readonly rows: number;
}

/**
 * Walks by the kernel `walkScores` through the rows that `measureRows` has just measured. The results take room to sort in, which is
 * free then: 1.5 MB at least, and less than 0.1 MB is needed.
 */
export function walkInMemory(memory: SharedMemory, { sorted, rows }: SortedRows): Walk {
  return (_marked, nPositives, places) => {
    const stops = stopsOf(places);
    const sums = sorted + rows * DOUBLE_BYTES;
    const marks = sums + SUMS * DOUBLE_BYTES;
    const points = marks + stops.length * TRIPLE * DOUBLE_BYTES;
    const stopsAt = points + WALK_POINTS_MAX * TRIPLE * DOUBLE_BYTES;
    new Int32Array(memory.buffer, stopsAt, stops.length).set(stops);
    const steps = walkSteps(rows, nPositives);
    const n = kernelsOf(memory).walkScores(
      sorted,
      rows,
      steps.tp,
      steps.fp,
      stopsAt,
      stops.length,
      marks,
      points,
      sums,
    );
    const [precisions, squares] = new Float64Array(memory.buffer, sums, SUMS) as unknown as [number, number];
    const found = triples(memory, points, n);
    const markList = triples(memory, marks, stops.length);
    return {
      points: {
        tp: found.map(([tp]) => tp),
        fp: found.map(([, fp]) => fp),
        threshold: found.map(([, , threshold]) => threshold),
      },
      averagePrecision: precisions / nPositives,
      brier: squares / rows,
      marks: new Map(markList.map(([tp, fp, scores], i): [number, Mark] => [stops[i]!, { tp, fp, scores }])),
    };
  };
}

function triples(memory: SharedMemory, address: number, n: number): [number, number, number][] {
  const values = new Float64Array(memory.buffer, address, n * TRIPLE);
  return Array.from({ length: n }, (_, i) => [
    values[TRIPLE * i]!,
    values[TRIPLE * i + 1]!,
    values[TRIPLE * i + 2]!,
  ]);
}
