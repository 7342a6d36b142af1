// Sums over the columns and over the rows of a chunk of decoded rows: column j at `x + j * stride`, padded with zeros.
import { ROWS_AT_ONCE } from './decode';

/** `z[r] = intercept + sum over j of w[j] * x_j[r]`, the intercept being the last of w, for the padded rows. */
export function predictRows(x: usize, stride: usize, nColumns: i32, rows: i32, w: usize, z: usize): void {
  const bytes = <usize>rows << 3;
  const intercepts = f64x2.splat(load<f64>(w + (<usize>nColumns << 3)));
  for (let at: usize = 0; at < bytes; at += 8 * ROWS_AT_ONCE) {
    v128.store(z + at, intercepts);
    v128.store(z + at, intercepts, 16);
  }
  let j = 0;
  for (; j + 3 < nColumns; j += 4) {
    const x0 = x + <usize>j * stride;
    const x1 = x0 + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    const weights = w + (<usize>j << 3);
    const w0 = v128.load64_splat(weights);
    const w1 = v128.load64_splat(weights, 8);
    const w2 = v128.load64_splat(weights, 16);
    const w3 = v128.load64_splat(weights, 24);
    for (let at: usize = 0; at < bytes; at += 16) {
      const front = f64x2.add(f64x2.mul(w0, v128.load(x0 + at)), f64x2.mul(w1, v128.load(x1 + at)));
      const back = f64x2.add(f64x2.mul(w2, v128.load(x2 + at)), f64x2.mul(w3, v128.load(x3 + at)));
      v128.store(z + at, f64x2.add(v128.load(z + at), f64x2.add(front, back)));
    }
  }
  for (; j < nColumns; j++) {
    const xj = x + <usize>j * stride;
    const wj = v128.load64_splat(w + (<usize>j << 3));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(z + at, f64x2.add(v128.load(z + at), f64x2.mul(wj, v128.load(xj + at))));
    }
  }
}

/** `out[j] += sum over r of v[r] * x_j[r]`; v is padded with zeros as x is. */
export function addColumnDots(x: usize, stride: usize, nColumns: i32, rows: i32, v: usize, out: usize): void {
  const bytes = <usize>rows << 3;
  let j = 0;
  for (; j + 3 < nColumns; j += 4) {
    const x0 = x + <usize>j * stride;
    const x1 = x0 + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      const values = v128.load(v + at);
      s0 = f64x2.add(s0, f64x2.mul(values, v128.load(x0 + at)));
      s1 = f64x2.add(s1, f64x2.mul(values, v128.load(x1 + at)));
      s2 = f64x2.add(s2, f64x2.mul(values, v128.load(x2 + at)));
      s3 = f64x2.add(s3, f64x2.mul(values, v128.load(x3 + at)));
    }
    const to = out + (<usize>j << 3);
    addTo(to, s0);
    addTo(to + 8, s1);
    addTo(to + 16, s2);
    addTo(to + 24, s3);
  }
  for (; j < nColumns; j++) {
    const xj = x + <usize>j * stride;
    let sum = f64x2.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(v + at), v128.load(xj + at)));
    }
    addTo(out + (<usize>j << 3), sum);
  }
}

/** Adds both lanes to the double at the address. */
@inline
export function addTo(at: usize, sum: v128): void {
  store<f64>(at, load<f64>(at) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
}
