import type { Random } from './random.ts';

/** From this mean on, rejection takes less time than inversion, and its constants hold. */
const REJECTION_FROM = 10;

/**
 * Draws a binomial number. The time does not grow with the number of trials.
 * Source: W. Hörmann, The generation of binomial random variates (1993), algorithm BTRS; below a mean of 10,
 * L. Devroye's second waiting time method (1986).
 */
export function drawBinomial(n: number, p: number, random: Random): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, random);
  return n * p < REJECTION_FROM ? byWaiting(n, p, random) : byRejection(n, p, random);
}

/** Adds up waiting times between successes until the trials are over. */
function byWaiting(n: number, p: number, random: Random): number {
  const logOfFailure = Math.log1p(-p);
  let successes = -1;
  for (let trials = 0; trials <= n; successes++) {
    trials += Math.floor(Math.log(1 - random()) / logOfFailure) + 1;
  }
  return successes;
}

function byRejection(n: number, p: number, random: Random): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const vMax = 0.92 - 4.2 / b;
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    // Most draws end here, without a logarithm.
    if (us >= 0.07 && v <= vMax) return k;
    if (!(k >= 0 && k <= n)) continue;
    const alpha = (2.83 + 5.1 / b) * deviation;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= logOfShare(k, n, p)) return k;
  }
}

/** The logarithm of P(X = k) / P(X = mode). */
function logOfShare(k: number, n: number, p: number): number {
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  const atMode =
    stirlingTail(mode) +
    stirlingTail(n - mode) +
    (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1)));
  return (
    atMode +
    (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
    (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) -
    stirlingTail(k) -
    stirlingTail(n - k)
  );
}

/** Where the series of `stirlingTail` begins to be exact enough. */
const TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.020790672103765, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];

/** `log(k!) - ((k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2)` */
function stirlingTail(k: number): number {
  const tail = TAILS[k];
  if (tail !== undefined) return tail;
  const square = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}
