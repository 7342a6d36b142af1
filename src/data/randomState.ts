import { FieldError, quote } from '../errors.ts';

/** Largest seed that `numpy.random.RandomState` takes. */
const SEED_MAX = 2 ** 32 - 1;

/** Items at most in one shuffle: beyond it the 32-bit comparison of a draw would see negative numbers. */
const ITEMS_MAX = 2 ** 31 - 1;

/** Partners drawn at a time. */
const PARTNERS = 256;

/** Words of the generator's state, and the distance of the word that is mixed in. */
const STATE_WORDS = 624;
const MIDDLE_WORD = 397;

/**
 * NumPy's `RandomState`: the Mersenne Twister MT19937, seeded by `init_genrand`, and NumPy's legacy shuffle,
 * draw for draw. One object is one stream: each call goes on where the last one stopped.
 *
 * Sources: Matsumoto & Nishimura 1998, "Mersenne Twister"; the legacy stream that NumPy froze in NEP 19.
 */
export class RandomState {
  readonly #state = new Int32Array(STATE_WORDS);
  /** The numbers made from the present state, tempered; those from `#position` on are unused. */
  readonly #numbers = new Int32Array(STATE_WORDS);
  #position = STATE_WORDS;
  readonly #partners = new Int32Array(PARTNERS);

  /** @throws FieldError `random_state_invalid` unless the seed is a whole number of 0 to 2^32 - 1. */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
      throw new FieldError(
        'random_state_invalid',
        `random_state must be a whole number from 0 to ${SEED_MAX}.`,
        {
          field: 'random_state',
          value: quote(String(seed)),
          limit: SEED_MAX,
        },
      );
    }
    const state = this.#state;
    state[0] = seed;
    for (let k = 1; k < STATE_WORDS; k++) {
      const previous = state[k - 1]!;
      state[k] = Math.imul(1812433253, previous ^ (previous >>> 30)) + k;
    }
  }

  /** The numbers 0 to n - 1 in a random order, as `RandomState.permutation(n)`. */
  permutation(n: number): Uint32Array {
    const items = numbersBelow(n);
    this.shuffle(items);
    return items;
  }

  /**
   * Shuffles in place, as `RandomState.shuffle`: Fisher-Yates from the end. A partner below or at i is drawn
   * from as many low bits as i has, again until it is not above i.
   * @throws RangeError beyond 2^31 - 1 items.
   */
  shuffle(items: Uint32Array): void {
    this.#eachPartners(items.length, 1, (i, partners) => {
      for (let k = 0; k < partners.length; k++, i--) {
        const partner = partners[k]!;
        const item = items[i]!;
        items[i] = items[partner]!;
        items[partner] = item;
      }
    });
  }

  /**
   * The first `count` of `permutation(n)`, in any order among themselves: what is swapped out behind them is not kept, and
   * draws for their own order are left out.
   * @throws RangeError beyond 2^31 - 1 items.
   */
  startOfPermutation(n: number, count: number): Uint32Array {
    const items = numbersBelow(n);
    this.#eachPartners(n, count, (i, partners) => {
      for (let k = 0; k < partners.length; k++, i--) items[partners[k]!] = items[i]!;
    });
    return items.subarray(0, count);
  }

  /**
   * Draws a partner for each of n - 1, n - 2, ... down to `last`, or to 1, and hands them on some at a time.
   * @param take is given the first i, and the partners from there down
   */
  #eachPartners(n: number, last: number, take: (i: number, partners: Int32Array) => void): void {
    if (n > ITEMS_MAX) throw new RangeError(`Cannot shuffle more than ${ITEMS_MAX} items.`);
    const end = Math.max(last, 1);
    for (let i = n - 1; i >= end; ) {
      // As long as i has as many bits, the draws do not depend on what is swapped: so partners are drawn first, and
      // the swaps, each of which waits for memory somewhere, do not wait for each other.
      const lowest = Math.max(end, 2 ** (31 - Math.clz32(i)));
      const count = this.#drawPartners(i, Math.min(i - lowest + 1, PARTNERS));
      take(i, this.#partners.subarray(0, count));
      i -= count;
    }
  }

  /** Draws a partner for each of i, i - 1, ..., all of as many bits. Returns for how many: `count`, or fewer. */
  #drawPartners(i: number, count: number): number {
    if (this.#position === STATE_WORDS) {
      this.#refill();
      this.#position = 0;
    }
    const numbers = this.#numbers;
    const partners = this.#partners;
    const mask = 0xffffffff >>> Math.clz32(i);
    let position = this.#position;
    let drawn = 0;
    while (drawn < count && position < STATE_WORDS) {
      const partner = numbers[position++]! & mask;
      partners[drawn] = partner;
      // Adds 1 where the partner is not above i - drawn, without a branch that nobody could foresee.
      drawn += 1 + ((i - drawn - partner) >> 31);
    }
    this.#position = position;
    return drawn;
  }

  /** `size` different numbers of 0 to n - 1, as `RandomState.choice(n, size, replace=False)`. */
  choice(n: number, size: number): Uint32Array {
    return this.permutation(n).subarray(0, size);
  }

  /** Makes the next 624 numbers at once. */
  #refill(): void {
    const state = this.#state;
    const numbers = this.#numbers;
    for (let k = 0; k < STATE_WORDS; k++) {
      const next = k + 1 < STATE_WORDS ? k + 1 : 0;
      const middle = k + MIDDLE_WORD < STATE_WORDS ? k + MIDDLE_WORD : k + MIDDLE_WORD - STATE_WORDS;
      const joined = (state[k]! & 0x80000000) | (state[next]! & 0x7fffffff);
      const word = state[middle]! ^ (joined >>> 1) ^ (-(joined & 1) & 0x9908b0df);
      state[k] = word;
      let number = word ^ (word >>> 11);
      number ^= (number << 7) & 0x9d2c5680;
      number ^= (number << 15) & 0xefc60000;
      numbers[k] = number ^ (number >>> 18);
    }
  }
}

function numbersBelow(n: number): Uint32Array {
  const numbers = new Uint32Array(n);
  for (let k = 0; k < n; k++) numbers[k] = k;
  return numbers;
}
