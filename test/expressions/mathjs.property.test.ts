import fc from 'fast-check';
import { all, create } from 'mathjs/number';
import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../src/expressions/compile.ts';
import { compile } from '../../src/expressions/compile.ts';
import { parse } from './vocabulary.ts';

const mathjs = create(all!);
const NAMES = ['tp', 'fp', 'tn', 'fn', 'n', 'recall'];

/** Texts of expressions, in every form that is accepted, with and without parentheses. */
const { number, condition } = fc.letrec<{ number: string; condition: string }>((tie) => {
  const some = (text: string) => fc.constant(text);
  const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(' '));
  const arithmetic = fc.constantFrom('+', '-', '*', '/', '^');
  const relation = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
  const literal = fc.oneof(
    fc.nat({ max: 30 }).map(String),
    fc.double({ min: 0, max: 1e6, noNaN: true }).map(String),
    fc.constantFrom('0.1', '0.3', '2.5', '.5', '1e-12', '1e300', '2.675', '0.285'),
  );
  return {
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(...NAMES),
      literal,
      joined(tie('number'), arithmetic, tie('number')),
      joined(some('('), tie('number'), arithmetic, tie('number'), some(')')),
      joined(fc.constantFrom('-', '+'), tie('number')),
      joined(some('('), tie('condition'), some('?'), tie('number'), some(':'), tie('number'), some(')')),
      joined(
        fc.constantFrom('abs(', 'sqrt(', 'log(', 'exp(', 'round(', 'min(', 'max('),
        tie('number'),
        some(')'),
      ),
      joined(
        fc.constantFrom('min(', 'max('),
        tie('number'),
        some(','),
        tie('number'),
        some(','),
        tie('number'),
        some(')'),
      ),
      joined(some('round('), tie('number'), some(','), fc.nat({ max: 15 }).map(String), some(')')),
      joined(some('log('), tie('number'), some(','), fc.constantFrom('2', '10', '0.5'), some(')')),
    ),
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      joined(tie('number'), relation, tie('number')),
      joined(tie('number'), relation, tie('number'), relation, tie('number')),
      joined(tie('condition'), fc.constantFrom('and', 'or'), tie('condition')),
      joined(some('not ('), tie('condition'), some(')')),
      joined(
        some('('),
        tie('condition'),
        some('?'),
        tie('condition'),
        some(':'),
        tie('condition'),
        some(')'),
      ),
    ),
  };
});

const value = fc.oneof(
  fc.nat({ max: 50 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 0.1, 0.3, 0.5, 1, 1 + 1e-13, 1 - 1e-13, 2.5, -2.5, 1e-16),
);
const scopes = fc
  .tuple(...NAMES.map(() => value))
  .map((values) => new Map(NAMES.map((name, i) => [name, values[i]!])));

/** Both results; undefined if the expression is too long. */
async function results(text: string, kind: 'number' | 'boolean', scope: ReadonlyMap<string, number>) {
  let compiled: Compiled;
  try {
    compiled = compile(await parse(text, kind));
  } catch (error) {
    expect(error).toMatchObject({ code: 'expression_too_long' });
    return undefined;
  }
  return { ours: compiled.evaluate(scope), theirs: mathjs.evaluate!(text, new Map(scope)) as unknown };
}

describe('an expression', () => {
  it('gives the numbers of mathjs', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(number, scopes, async (text, scope) => {
        const both = await results(text, 'number', scope);
        if (both?.ours === undefined) return;
        compared++;
        expect(both.ours).toBe(both.theirs);
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('is undefined exactly if mathjs finds no finite number, unless it compares', async () => {
    await fc.assert(
      fc.asyncProperty(
        number.filter((text) => !text.includes('?')),
        scopes,
        async (text, scope) => {
          const both = await results(text, 'number', scope);
          if (both !== undefined) expect(both.ours === undefined).toBe(!Number.isFinite(both.theirs));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives the conditions of mathjs', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(condition, scopes, async (text, scope) => {
        const both = await results(text, 'boolean', scope);
        if (both?.ours === undefined) return;
        compared++;
        expect(both.ours).toBe(both.theirs);
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('rounds digits as mathjs does, ties included', async () => {
    const tie = fc
      .tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat({ max: 12 }))
      .map(([whole, decimals]) => Number(`${whole}5e-${decimals}`));
    const x = fc.oneof(
      tie,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    const { run } = compile(await parse('round(n, 3)', 'number'));
    fc.assert(
      fc.property(x, (one) => {
        expect(run(Float64Array.of(one))).toBe(mathjs.round!(one, 3));
      }),
      { numRuns: 5000 },
    );
  });
});
