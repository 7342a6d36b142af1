import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TrainFields } from '../../training/fields/table.ts';
import { fingerprintOf } from '../../training/fields/use.ts';
import { HttpError } from '../problem.ts';

/** Printable ASCII. */
const KEY = /^[\x20-\x7e]{1,255}$/;
const KEY_CHARS_MAX = 255;
/** A training of an ordinary file is over by then. */
const RETRY_AFTER_S = 1;

/**
 * The digest (SHA-256, hex) of a request's `Idempotency-Key`; the key itself is kept nowhere.
 * @throws HttpError 400 for a key that is none, or for two of them
 */
export function readKey(request: IncomingMessage): string | undefined {
  const keys = request.headersDistinct['idempotency-key'];
  if (keys === undefined) return undefined;
  const [key = ''] = keys;
  if (keys.length > 1 || !KEY.test(key)) {
    throw new HttpError(
      400,
      'invalid_idempotency_key',
      `Idempotency-Key wants one value of 1 to ${KEY_CHARS_MAX} printable ASCII characters, such as a UUID.`,
      { field: 'Idempotency-Key', limit: KEY_CHARS_MAX },
    );
  }
  return sha256(key);
}

/** What a key stands for: the file's bytes, and the fields as they were understood. */
export function fingerprint(fields: TrainFields, fileDigest: string): string {
  return sha256(JSON.stringify([fileDigest, fingerprintOf(fields)], inOrder));
}

/** Whoever writes a form's fields in another order means the same. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function keyReused(): HttpError {
  return new HttpError(
    422,
    'idempotency_key_reused',
    'This Idempotency-Key was used for another file or other fields: give each training a key of its own, and repeat a training with the same file and fields.',
    { field: 'Idempotency-Key' },
  );
}

/** The keys of trainings that are under way: from the request's headers on until it is answered or has failed. */
export class KeysUnderWay {
  readonly #digests = new Set<string>();

  /**
   * Keeps a key to oneself.
   * @returns lets it go again; can be called twice
   * @throws HttpError 409 where another training has it
   */
  claim(digest: string): () => void {
    if (this.#digests.has(digest)) {
      throw new HttpError(
        409,
        'idempotency_key_in_use',
        `A training with this Idempotency-Key is still under way: ask again in ${RETRY_AFTER_S} s, and its answer is there.`,
        { field: 'Idempotency-Key', retryAfterS: RETRY_AFTER_S },
      );
    }
    this.#digests.add(digest);
    let isHeld = true;
    return () => {
      if (isHeld) this.#digests.delete(digest);
      isHeld = false;
    };
  }
}
