/** A stream of numbers, at least 0 and below 1, that a seed determines. */
export type Random = () => number;

const TWO_TO_32 = 2 ** 32;

/**
 * Makes a stream of random numbers with 32 bits each.
 * Source: sfc32 of PractRand (C. Doty-Humphrey), with its 12 rounds to begin with.
 */
export function randomFrom(seed: number): Random {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / TWO_TO_32;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
}
