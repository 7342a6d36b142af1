import { FieldError, quote } from '../errors.ts';

/** Largest seed that `numpy.random.RandomState` takes. */
const SEED_MAX = 2 ** 32 - 1;

/** Most items in one shuffle. With more, the 32-bit comparison of a draw would see negative numbers. */
const ITEMS_MAX = 2 ** 31 - 1;

/** Partners drawn at a time. */
const PARTNERS = 256;

/** Words of the generator's state, and the distance to the word that is mixed in. */
const STATE_WORDS = 624;
const MIDDLE_WORD = 397;

/**
 * NumPy's `RandomState`: the Mersenne Twister MT19937, seeded by `init_genrand`, and NumPy's legacy shuffle.
 * It makes the same draws as NumPy. One object is one stream: each call continues where the last call stopped.
 *
 * Sources: Matsumoto & Nishimura 1998, "Mersenne Twister"; the legacy stream that NumPy froze in NEP 19.
 */
export class RandomState {
  readonly #state = new Int32Array(STATE_WORDS);
  /** Tempered numbers of the current state. Those from `#position` on are unused. */
  readonly #numbers = new Int32Array(STATE_WORDS);
  #position = STATE_WORDS;
  readonly #partners = new Int32Array(PARTNERS);

  /** @throws FieldError `random_state_invalid` if the seed is not a whole number from 0 to 2^32 - 1 */
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

  /** Returns the numbers 0 to n - 1 in random order, like `RandomState.permutation(n)`. */
  permutation(n: number): Uint32Array {
    const items = numbersBelow(n);
    this.shuffle(items);
    return items;
  }

  /**
   * Shuffles in place, like `RandomState.shuffle`: Fisher-Yates from the end.
   * A partner of i is a number from 0 to i. It is drawn from as many low bits as i has, and drawn again while it is
   * above i.
   * @throws RangeError for more than 2^31 - 1 items
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
   * Returns the first `count` numbers of `permutation(n)`, in any order.
   * The numbers after them are not kept, and the draws for their own order are skipped.
   * @throws RangeError for more than 2^31 - 1 items
   */
  startOfPermutation(n: number, count: number): Uint32Array {
    const items = numbersBelow(n);
    this.#eachPartners(n, count, (i, partners) => {
      for (let k = 0; k < partners.length; k++, i--) items[partners[k]!] = items[i]!;
    });
    return items.subarray(0, count);
  }

  /**
   * Draws a partner for each of n - 1, n - 2, ... down to `last`, or to 1, and passes them on in groups.
   * @param take receives the first i of a group, and the partners of i, i - 1, ...
   */
  #eachPartners(n: number, last: number, take: (i: number, partners: Int32Array) => void): void {
    if (n > ITEMS_MAX) throw new RangeError(`Cannot shuffle more than ${ITEMS_MAX} items.`);
    const end = Math.max(last, 1);
    for (let i = n - 1; i >= end; ) {
      // While i has the same number of bits, draws do not depend on swaps. So partners are drawn first. The swaps,
      // each of which waits for memory, then need not wait for each other.
      const lowest = Math.max(end, 2 ** (31 - Math.clz32(i)));
      const count = this.#drawPartners(i, Math.min(i - lowest + 1, PARTNERS));
      take(i, this.#partners.subarray(0, count));
      i -= count;
    }
  }

  /** Draws partners of i, i - 1, ..., which all have the same number of bits. Returns how many: `count` or fewer. */
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
      // Adds 1 if the partner is not above i - drawn, without a branch, which the processor could not predict.
      drawn += 1 + ((i - drawn - partner) >> 31);
    }
    this.#position = position;
    return drawn;
  }

  /** Returns `size` different numbers from 0 to n - 1, like `RandomState.choice(n, size, replace=False)`. */
  choice(n: number, size: number): Uint32Array {
    return this.permutation(n).subarray(0, size);
  }

  /** Computes the next 624 numbers at once. */
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
