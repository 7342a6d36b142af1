import { describe, expect, test } from 'vitest';
import { type Failure, parseRetryAfterMs, retryPauseMs } from '../../src/tracking/retry.ts';

describe('retryPauseMs: is the call sent again?', () => {
  test.each<[Failure, repeatable: boolean, create: boolean]>([
    [{ status: 429 }, true, true],
    [{ status: 502 }, true, false],
    [{ status: 503 }, true, false],
    [{ status: 504 }, true, false],
    [{ status: 500 }, false, false],
    [{ status: 501 }, false, false],
    [{ status: 400 }, false, false],
    [{ status: 401 }, false, false],
    [{ status: 404 }, false, false],
    [{ status: 408 }, false, false],
    [{ status: 409 }, false, false],
    [{ status: 302 }, false, false],
    [{ code: 'ECONNREFUSED' }, true, true],
    [{ code: 'EHOSTUNREACH' }, true, true],
    [{ code: 'EAI_AGAIN' }, true, true],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, true, true],
    [{ code: 'ECONNRESET' }, true, false],
    [{ code: 'EPIPE' }, true, false],
    [{ code: 'UND_ERR_SOCKET' }, true, false],
    [{ code: 'ENOTFOUND' }, true, true],
    // Only a person can correct these.
    [{ code: 'CERT_HAS_EXPIRED' }, false, false],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, false, false],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, false, false],
    [{ code: 'anything else' }, false, false],
    [{ status: 429, retryAfterMs: 5_000 }, true, true],
    [{ status: 429, retryAfterMs: 5_001 }, false, false],
    [{ status: 503, retryAfterMs: 60_000 }, false, false],
  ])('%j: repeatable %s, create %s', (failure, repeatable, create) => {
    expect(retryPauseMs(failure, { made: 1, repeatable: true }) !== undefined).toBe(repeatable);
    expect(retryPauseMs(failure, { made: 1, repeatable: false }) !== undefined).toBe(create);
  });

  test('the pause doubles, half of it at random, and after four tries there is none', () => {
    for (const [made, longest] of [
      [1, 100],
      [2, 200],
      [3, 400],
    ] as const) {
      const pauses = Array.from(
        { length: 50 },
        () => retryPauseMs({ status: 503 }, { made, repeatable: true })!,
      );
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(longest / 2);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
      expect(new Set(pauses).size).toBeGreaterThan(1);
    }
    expect(retryPauseMs({ status: 503 }, { made: 4, repeatable: true })).toBeUndefined();
  });

  test('the server’s own wish counts where it is longer', () => {
    expect(retryPauseMs({ status: 503, retryAfterMs: 2_000 }, { made: 1, repeatable: true })).toBe(2_000);
    expect(retryPauseMs({ status: 503, retryAfterMs: 1 }, { made: 1, repeatable: true })).toBeGreaterThan(49);
  });
});

describe('parseRetryAfterMs', () => {
  const now = Date.parse('Mon, 23 Nov 2026 01:49:33 GMT');
  test.each([
    ['2', 2_000],
    [' 0 ', 0],
    ['Mon, 23 Nov 2026 01:49:37 GMT', 4_000],
    ['Mon, 23 Nov 2026 01:49:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, ms) => {
    expect(parseRetryAfterMs(header, now)).toBe(ms);
  });
});
