import { FieldError } from '../errors.ts';
import type { Kept } from '../values/delivery.ts';

/** The idempotency keys of requests under way: from a request's headers until its response or its failure. */
export class KeysUnderWay {
  readonly #digests = new Set<string>();

  /**
   * Reserves a key.
   * @returns a function that releases the key and may be called twice; undefined if another request holds the key
   */
  reserve(digest: string): (() => void) | undefined {
    if (this.#digests.has(digest)) return undefined;
    this.#digests.add(digest);
    let isHeld = true;
    return () => {
      if (isHeld) this.#digests.delete(digest);
      isHeld = false;
    };
  }
}

/** @throws FieldError `idempotency_key_reused` if a key was used for something else */
export function requireSame(key: Kept['key'], known: Kept['key']): void {
  // A damaged record has lost its fingerprint. Its response reports the damage.
  if (known !== undefined && known.fingerprint !== key?.fingerprint) throw keyReused();
}

function keyReused(): FieldError {
  return new FieldError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another file or other fields: use a new key for each request, and the same file and fields to repeat a request.',
    { field: 'Idempotency-Key' },
  );
}
