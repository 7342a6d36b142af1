import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preferenceApplied, readPreferences, waitMsOf } from '../../../src/http/train/prefer.ts';

/** Several headers become one list, as Node gives them. */
function withPrefer(...values: string[]): IncomingHttpHeaders {
  return values.length === 0 ? {} : { prefer: values.join(', ') };
}

const NONE = { respondAsync: false };

describe('Prefer', () => {
  it.each<[string, string[], object]>([
    ['nothing', [], NONE],
    ['wait', ['wait=5'], { waitMs: 5_000, respondAsync: false }],
    ['wait in quotes', ['wait="5"'], { waitMs: 5_000, respondAsync: false }],
    ['wait of 0 s', ['wait=0'], { waitMs: 0, respondAsync: false }],
    ['capitals and spaces', ['  WAIT = 5 '], { waitMs: 5_000, respondAsync: false }],
    ['respond-async', ['respond-async'], { respondAsync: true }],
    ['an empty value, which counts as no value', ['respond-async=""'], { respondAsync: true }],
    ['both in one header', ['respond-async, wait=10'], { waitMs: 10_000, respondAsync: true }],
    ['both in two headers', ['wait=10', 'Respond-Async'], { waitMs: 10_000, respondAsync: true }],
    ['parameters', ['wait=5; foo="a,b;c"; bar'], { waitMs: 5_000, respondAsync: false }],
    ['the first of two', ['wait=5, wait=6', 'wait=7'], { waitMs: 5_000, respondAsync: false }],
    ['unknown preferences', ['return=minimal, foo="wait=9, respond-async", wait=5'], { waitMs: 5_000 }],
    ['an escaped quote', ['foo="\\", wait=9", wait=5'], { waitMs: 5_000 }],
    ['empty items', [',, ,wait=5,'], { waitMs: 5_000 }],
    ['a wait that is not a number', ['wait=soon'], NONE],
    ['a wait below 0 s', ['wait=-1'], NONE],
    ['a fraction', ['wait=1.5'], NONE],
    ['a wait without a value', ['wait'], NONE],
    ['respond-async with a value', ['respond-async=no'], NONE],
    ['a quote that does not close', ['wait="5'], NONE],
    ['a list that is too long', [`wait=5${', x'.repeat(1000)}`], NONE],
  ])('%s', (_name, values, expected) => {
    expect(readPreferences(withPrefer(...values))).toMatchObject(expected);
    if (!('waitMs' in expected)) expect(readPreferences(withPrefer(...values))).not.toHaveProperty('waitMs');
  });

  it('accepts any text', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 1_200 });
    fc.assert(
      fc.property(fc.array(ascii, { maxLength: 3 }), (values) => {
        const { waitMs = 0 } = readPreferences(withPrefer(...values));
        expect(waitMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the wait', () => {
  const limits = { defaultMs: 20_000, maxMs: 60_000 };
  it.each([
    [{ respondAsync: false }, 20_000],
    [{ respondAsync: true }, 0],
    [{ respondAsync: false, waitMs: 5_000 }, 5_000],
    [{ respondAsync: true, waitMs: 5_000 }, 5_000],
    [{ respondAsync: false, waitMs: 90_000 }, 60_000],
  ])('of %o is %d ms', (preferences, expected) => {
    expect(waitMsOf(preferences, limits)).toBe(expected);
  });
});

describe('Preference-Applied', () => {
  it.each<[object, boolean, string | undefined]>([
    [{ respondAsync: false }, true, undefined],
    [{ respondAsync: true }, true, 'respond-async'],
    // The run was FINISHED nevertheless.
    [{ respondAsync: true }, false, undefined],
    [{ respondAsync: false, waitMs: 5_000 }, false, 'wait=5'],
    [{ respondAsync: true, waitMs: 5_000 }, true, 'respond-async, wait=5'],
    [{ respondAsync: true, waitMs: 5_000 }, false, 'wait=5'],
  ])('of %o, pending %s, is %s', (preferences, isPending, expected) => {
    expect(preferenceApplied({ respondAsync: false, ...preferences }, { waitMs: 5_000, isPending })).toBe(
      expected,
    );
  });
});
