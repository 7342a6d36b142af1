import { FieldError, quote } from '../errors.ts';

/** Largest seed that `numpy.random.RandomState` takes. */
const SEED_MAX = 2 ** 32 - 1;

/** Items at most in one shuffle: beyond it the 32-bit comparison of a draw would see negative numbers. */
const ITEMS_MAX = 2 ** 31 - 1;

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
    const items = new Uint32Array(n);
    for (let k = 0; k < n; k++) items[k] = k;
    this.shuffle(items);
    return items;
  }

  /**
   * Shuffles in place, as `RandomState.shuffle`: Fisher-Yates from the end. A partner below or at i is drawn
   * from as many low bits as i has, again until it is not above i.
   * @throws RangeError beyond 2^31 - 1 items.
   */
  shuffle(items: Uint32Array): void {
    if (items.length > ITEMS_MAX) throw new RangeError(`Cannot shuffle more than ${ITEMS_MAX} items.`);
    const numbers = this.#numbers;
    // Local, since this is the innermost loop of a split of millions of rows.
    let position = this.#position;
    for (let i = items.length - 1; i > 0; i--) {
      const mask = 0xffffffff >>> Math.clz32(i);
      let partner: number;
      // Each draw succeeds with a chance above one half, so this ends as surely as the generator is random.
      do {
        if (position === STATE_WORDS) {
          this.#refill();
          position = 0;
        }
        partner = numbers[position++]! & mask;
      } while (partner > i);
      const item = items[i]!;
      items[i] = items[partner]!;
      items[partner] = item;
    }
    this.#position = position;
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
