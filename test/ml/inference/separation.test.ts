import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameColumn } from '../../../src/ml/frame.ts';
import { INTERCEPT, inference } from '../../../src/ml/inference/inference.ts';
import type { Inference } from '../../../src/values/inference.ts';
import { frameOf, numbers, texts } from '../frames.ts';
import { exactSeparation } from './exactSeparation.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const estimated = (columns: readonly FrameColumn[], codes: readonly number[]) =>
  inference(frameOf(...columns), Uint8Array.from(codes), NAMES.slice(0, columns.length));
const codesOf = ({ warnings }: Inference) =>
  warnings.map(({ code }) => code).filter((code) => code !== 'few_rows_per_term');
const withoutNumber = ({ terms }: Inference) =>
  terms.filter(({ estimate }) => estimate === null).map(({ term }) => term);

/** 40 rows of two overlapping classes. */
const x = Array.from({ length: 40 }, (_, i) => Math.round(10 * Math.sin(i * 1.3)) / 4);
const y = x.map((value, i) => (value + 3 * Math.cos(i * 2.1) > 0 ? 1 : 0));
const isRare = x.map((_, i) => i % 8 === 0);

describe('separated classes', () => {
  test.each<[string, FrameColumn[], number[], string, string[], string[]]>([
    [
      'completely',
      [numbers(1, 2, 3, 4, 5, 6)],
      [0, 0, 0, 1, 1, 1],
      'complete_separation',
      [INTERCEPT, 'a'],
      ['"a" does'],
    ],
    [
      'completely, falling',
      [numbers(1, 2, 3, 4, 5, 6)],
      [1, 1, 1, 0, 0, 0],
      'complete_separation',
      [INTERCEPT, 'a'],
      ['"a" does'],
    ],
    [
      'completely but with a common value',
      [numbers(1, 2, 3, 3, 4, 5)],
      [0, 0, 0, 1, 1, 1],
      'quasi_separation',
      [INTERCEPT, 'a'],
      ['"a" does'],
    ],
    [
      'by a sum of columns only',
      [numbers(0, 3, 1, 2, 4, 1), numbers(3, 0, 1, 3, 1, 5)],
      [0, 0, 0, 1, 1, 1],
      'complete_separation',
      [INTERCEPT, 'a', 'b'],
      [],
    ],
    [
      'by a huge distance',
      [numbers(...x.map((_, i) => y[i]! * 1e12 + i))],
      y,
      'complete_separation',
      [INTERCEPT, 'a'],
      ['"a" does'],
    ],
    [
      'by a flag',
      [numbers(...x), numbers(...isRare.map(Number))],
      y.map((one, i) => (isRare[i] ? 1 : one)),
      'quasi_separation',
      ['b'],
      ['"b" does'],
    ],
    [
      'by the lack of a flag',
      [numbers(...x), numbers(...isRare.map((is) => Number(!is)))],
      y.map((one, i) => (isRare[i] ? 1 : one)),
      'quasi_separation',
      [INTERCEPT, 'b'],
      ['"b" does'],
    ],
    [
      'by a category',
      [numbers(...x), texts(...isRare.map((is, i) => (is ? 'rare' : 'pq'[i % 2]!)))],
      y.map((one, i) => (isRare[i] ? 0 : one)),
      'quasi_separation',
      ['b=rare'],
      ['"b=rare" does'],
    ],
    [
      'by the base category',
      [numbers(...x), texts(...isRare.map((is, i) => (is ? 'a' : 'pq'[i % 2]!)))],
      y.map((one, i) => (isRare[i] ? 0 : one)),
      'quasi_separation',
      [INTERCEPT, 'b=p', 'b=q'],
      [],
    ],
  ])('%s', (_name, columns, codes, warning, lost, messages) => {
    const result = estimated(columns, codes);
    expect(codesOf(result)).toEqual([warning]);
    expect(withoutNumber(result)).toEqual(lost);
    for (const message of messages) expect(result.warnings[0]!.message).toContain(message);
  });

  test('the other estimates are those of the rows that are not separated', () => {
    const codes = y.map((one, i) => (isRare[i] ? 1 : one));
    const [, ofX] = estimated([numbers(...x), numbers(...isRare.map(Number))], codes).terms;
    const kept = x.filter((_, i) => !isRare[i]);
    const [, alone] = estimated(
      [numbers(...kept)],
      y.filter((_, i) => !isRare[i]),
    ).terms;
    for (const name of ['estimate', 'std_error', 'z', 'p_value', 'ci_low', 'ci_high'] as const) {
      expect(Math.abs(ofX![name]! / alone![name]! - 1), name).toBeLessThan(1e-9);
    }
  });

  const whole = fc.integer({ min: -3, max: 3 });
  const problems = fc.integer({ min: 4, max: 14 }).chain((n) =>
    fc.record({
      a: fc.array(whole, { minLength: n, maxLength: n }),
      b: fc.array(whole, { minLength: n, maxLength: n }),
      codes: fc.array(fc.nat(1), { minLength: n, maxLength: n }),
      isTwo: fc.boolean(),
    }),
  );

  test('are found by their exact definition, with the terms that the data do not determine', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(problems, ({ a, b, codes, isTwo }) => {
        fc.pre(codes.includes(0) && codes.includes(1));
        const rows = a.map((value, i) => (isTwo ? [value, b[i]!, 1] : [value, 1]));
        const exact = exactSeparation(rows, codes);
        fc.pre(exact !== undefined);
        const { kind, determined } = exact!;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        const result = estimated(isTwo ? [numbers(...a), numbers(...b)] : [numbers(...a)], codes);
        const warning = { none: [], quasi: ['quasi_separation'], complete: ['complete_separation'] }[kind];
        expect(codesOf(result)).toEqual(warning);
        const [ofIntercept, ...ofTerms] = result.terms.map(({ estimate }) => estimate !== null);
        expect([...ofTerms, ofIntercept]).toEqual(
          kind === 'complete' ? determined.map(() => false) : determined,
        );
      }),
      { numRuns: 2000 },
    );
    for (const kind of ['none', 'quasi', 'complete']) expect(seen.get(kind), kind).toBeGreaterThan(50);
  });
});

describe('singular designs', () => {
  const other = x.map((_, i) => Math.cos(i));
  test.each<[string, FrameColumn[], string[], RegExp]>([
    ['a constant', [numbers(...x), numbers(...x.map(() => 7.5))], ['b'], /"b" has one value in all rows/],
    ['a constant first', [numbers(...x.map(() => -1e6)), numbers(...x)], ['a'], /"a" has one value/],
    ['a column twice', [numbers(...x), numbers(...x)], ['b'], /"b" is a linear combination of "a"/],
    [
      'a column in other units',
      [numbers(...x), numbers(...x.map((v) => 32 + 1.8 * v))],
      ['b'],
      /"b" .* of "a"/,
    ],
    [
      'a sum',
      [numbers(...x), numbers(...other), numbers(...x.map((v, i) => 3 * v - other[i]! / 7 + 1))],
      ['c'],
      /"c" is a linear combination of "a" and "b"/,
    ],
    [
      'a number that says the same as a text',
      [
        texts(...x.map((_, i) => 'uvw'[Math.floor(i / 3) % 3]!)),
        numbers(...x.map((_, i) => (Math.floor(i / 3) % 3) * 10)),
        numbers(...x),
      ],
      ['b'],
      /"b" is a linear combination of "a=v" and "a=w"/,
    ],
    ['more columns than rows', [1, 2, 3, 4].map((k) => numbers(k, k * k, 7)), ['c', 'd'], /"c" is/],
  ])('%s', (_name, columns, lost, message) => {
    const codes = columns[0]!.nSamples === 3 ? [0, 1, 0] : y;
    const result = estimated(columns, codes);
    const singular = result.warnings.filter(({ code }) => code === 'singular_design');
    expect(singular).toHaveLength(lost.length);
    expect(singular[0]!.message).toMatch(message);
    expect(withoutNumber(result)).toEqual(expect.arrayContaining(lost));
    if (codes !== y) return;
    const places = columns.flatMap((_, j) => (lost.includes(NAMES[j]!) ? [] : [j]));
    const without = inference(
      frameOf(...places.map((j) => columns[j]!)),
      Uint8Array.from(codes),
      places.map((j) => NAMES[j]!),
    );
    const kept = result.terms.filter(({ estimate }) => estimate !== null);
    expect(kept.map(({ term }) => term)).toEqual(without.terms.map(({ term }) => term));
    kept.forEach(({ estimate, std_error }, i) => {
      expect(estimate).toBeCloseTo(without.terms[i]!.estimate!, 10);
      expect(std_error).toBeCloseTo(without.terms[i]!.std_error!, 10);
    });
  });
});
