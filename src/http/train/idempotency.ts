import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { retryIn } from '../../errors.ts';
import type { EvaluateFields } from '../../training/fields/evaluateTable.ts';
import type { TrainFields } from '../../training/fields/table.ts';
import { fingerprintOf } from '../../training/fields/use.ts';
import { HttpError } from '../problem.ts';

/** Printable ASCII. */
const KEY = /^[\x20-\x7e]{1,255}$/;
const KEY_CHARS_MAX = 255;
/** A training of an ordinary file ends within a second. */
const RETRY = retryIn(1);

/**
 * The digest (SHA-256, hex) of a request's `Idempotency-Key`. The key itself is not stored.
 * @throws HttpError 400 `invalid_idempotency_key` if the key is malformed or repeated
 */
export function readKey(request: IncomingMessage): string | undefined {
  const keys = request.headersDistinct['idempotency-key'];
  if (keys === undefined) return undefined;
  const [key = ''] = keys;
  if (keys.length > 1 || !KEY.test(key)) {
    throw new HttpError(
      400,
      'invalid_idempotency_key',
      `Idempotency-Key must be one value of 1 to ${KEY_CHARS_MAX} printable ASCII characters, such as a UUID.`,
      { field: 'Idempotency-Key', limit: KEY_CHARS_MAX },
    );
  }
  return sha256(key);
}

/**
 * What a key stands for: a digest of the files' bytes and of the parsed fields. Without a test file, it is what it was before
 * there were test files.
 */
export function fingerprint(fields: TrainFields, fileDigest: string, testFileDigest?: string): string {
  const ofTest = testFileDigest === undefined ? [] : [testFileDigest];
  return sha256(JSON.stringify([fileDigest, fingerprintOf(fields), ...ofTest], inOrder));
}

/** As `fingerprint`, for an evaluation. */
export function evaluationFingerprint(fields: EvaluateFields, fileDigest: string): string {
  return sha256(JSON.stringify(['evaluate', fileDigest, fields], inOrder));
}

/** Sorts the keys of objects, because the order of a form's fields does not matter. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The error if another request with the same key is under way. */
export function keyInUse(): HttpError {
  return new HttpError(
    409,
    'idempotency_key_in_use',
    `A request with this Idempotency-Key is still under way: ${RETRY.advice} for its response.`,
    { field: 'Idempotency-Key', ...RETRY.details },
  );
}
