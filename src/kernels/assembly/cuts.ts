// Walks through sorted scores of two classes, and keeps the counts at some thresholds. The curves are drawn through them.

// Places in the results of `walkScores`, which are triples of doubles: a mark, and a point.
const TRIPLE_BYTES: usize = 24;
const TP: usize = 0;
const FP: usize = 8;
const SCORES: usize = 16;
const THRESHOLD: usize = 16;

// Places in the sums of `walkScores`, which are doubles.
const PRECISIONS: usize = 0;
const SQUARES: usize = 8;

const SIGN_BIT: u64 = 0x8000_0000_0000_0000;

/**
 * Walks once from the highest score down, and keeps points at the ends of groups of equal scores: one as soon as `tpStep` more
 * rows of the class, or `fpStep` more other rows, lie above it. The last row is kept always.
 * @param sorted scores as `measureRows` leaves them: ascending by size, those of the class with the sign bit set
 * @param places where the sums are asked for: i32, from the highest down, the last one 0
 * @param marks room for `tp`, `fp` and the sum of the scores, over the rows from each place to the end
 * @param points room for `tp`, `fp` and the threshold of each point
 * @param sums two doubles: the precision summed over the rows of the class, and the squared distances of scores from 0 or 1
 * @returns the number of points
 */
export function walkScores(
  sorted: usize,
  rows: i32,
  tpStep: f64,
  fpStep: f64,
  places: usize,
  nPlaces: i32,
  marks: usize,
  points: usize,
  sums: usize,
): i32 {
  let tp: f64 = 0;
  let fp: f64 = 0;
  let tpBefore: f64 = 0;
  let tpDue: f64 = 1;
  let fpDue: f64 = 1;
  let scores: f64 = 0;
  let squares: f64 = 0;
  let precisions: f64 = 0;
  let point = points;
  let at = sorted + (<usize>rows << 3);
  for (let place = 0; place < nPlaces; place += 1) {
    const to = sorted + (<usize>load<i32>(places + (<usize>place << 2)) << 3);
    while (at > to) {
      at -= 8;
      const bits = load<u64>(at);
      const score = reinterpret<f64>(bits & ~SIGN_BIT);
      const isPositive = <f64>(<i32>(bits >> 63));
      const error = score - isPositive;
      tp += isPositive;
      fp += 1 - isPositive;
      scores += score;
      squares += error * error;
      if (at > sorted && (load<u64>(at - 8) & ~SIGN_BIT) === (bits & ~SIGN_BIT)) continue;
      // Adds 0 if no row of the class is in the group: a branch would be foretold wrongly in every second row.
      precisions += ((tp - tpBefore) * tp) / (tp + fp);
      tpBefore = tp;
      if (tp >= tpDue || fp >= fpDue || at === sorted) {
        store<f64>(point, tp, TP);
        store<f64>(point, fp, FP);
        store<f64>(point, score, THRESHOLD);
        point += TRIPLE_BYTES;
        tpDue = tp + tpStep;
        fpDue = fp + fpStep;
      }
    }
    store<f64>(marks, tp, TP);
    store<f64>(marks, fp, FP);
    store<f64>(marks, scores, SCORES);
    marks += TRIPLE_BYTES;
  }
  store<f64>(sums, precisions, PRECISIONS);
  store<f64>(sums, squares, SQUARES);
  return <i32>((point - points) / TRIPLE_BYTES);
}
