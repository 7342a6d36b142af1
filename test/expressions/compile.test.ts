import { describe, expect, it } from 'vitest';
import { compile } from '../../src/expressions/compile.ts';
import { parse } from './vocabulary.ts';

describe('compile', () => {
  it.each([
    ['fn / fp', { fn: 0, fp: 0 }],
    ['fn / fp', { fn: 1, fp: 0 }],
    ['sqrt(-fn)', { fn: 1 }],
    ['log(fn)', { fn: 0 }],
    ['log(2, fn)', { fn: 0 }],
    ['log(2, fn)', { fn: 1 }],
    ['exp(fn)', { fn: 1000 }],
    ['(-fn)^0.5', { fn: 1 }],
    ['fn + fp', { fn: 1 }],
    ['max(fn, fp)', { fp: 1 }],
    ['max(fn, fp)', { fn: 1 }],
    ['min(fn, fp)', { fp: 1 }],
    ['round(fn)', {}],
    ['fn > 1 ? 1 : 2', {}],
  ])('gives no number for %j of %j', async (text, scope) => {
    const compiled = compile(await parse(text, 'number'));
    expect(compiled.evaluate(new Map(Object.entries(scope)))).toBeUndefined();
  });

  // T is true, F is false, and U compares an undefined number.
  it.each<[text: string, value: boolean | undefined]>([
    ['U', undefined],
    ['not U', undefined],
    ['U and T', undefined],
    ['T and U', undefined],
    ['U and U', undefined],
    ['U and F', false],
    ['F and U', false],
    ['U or F', undefined],
    ['F or U', undefined],
    ['U or T', true],
    ['T or U', true],
    ['U ? T : T', undefined],
    ['T ? T : U', true],
    ['T ? U : T', undefined],
    ['0 < roc_auc < 1', undefined],
    ['0 < fn < roc_auc', undefined],
    ['roc_auc < fn < 0', false],
    ['worse(recall)', undefined],
    ['worse(roc_auc)', true],
    ['worse(log_loss)', false],
    ['not worse(recall)', undefined],
  ])('follows the logic of three values: %s is %s', async (text, value) => {
    const written = text
      .replaceAll('T', '(fn == 1)')
      .replaceAll('F', '(fn == 2)')
      .replaceAll('U', '(roc_auc != 0.5)');
    const scope = new Map([
      ['fn', 1],
      ['worse(roc_auc)', 1],
      ['worse(log_loss)', 0],
    ]);
    expect(compile(await parse(written, 'boolean')).evaluate(scope)).toBe(value);
  });

  // mathjs' tolerances are 1e-12 of the larger number, and 1e-15.
  it.each([
    [1, 1 + 0.9e-12, true],
    [1, 1 + 1.1e-12, false],
    [1e9, 1e9 + 0.9e-3, true],
    [1e9, 1e9 + 1.1e-3, false],
    [0, 0.9e-15, true],
    [0, 1.1e-15, false],
    [1e-4, 1e-4 + 0.9e-15, true],
    [1e-4, 1e-4 + 1.1e-15, false],
  ])('%f == %f is %s', async (fn, fp, isEqual) => {
    const scope = new Map(Object.entries({ fn, fp }));
    expect(compile(await parse('fn == fp', 'boolean')).evaluate(scope)).toBe(isEqual);
    expect(compile(await parse('fp > fn', 'boolean')).evaluate(scope)).toBe(!isEqual);
  });

  it('takes values in the order of the symbols', async () => {
    const expression = await parse('fp - fn / fp', 'number');
    expect(expression.symbols).toEqual(['fp', 'fn']);
    const { run } = compile(expression);
    expect(run(Float64Array.of(4, 2))).toBe(3.5);
    expect(run(Float64Array.of(0, 2))).toBeNaN();
    const condition = compile(await parse('fp > fn', 'boolean'));
    expect([Float64Array.of(2, 1), Float64Array.of(1, 2)].map(condition.run)).toEqual([1, 0]);
  });

  it('computes each part of nested chains once', async () => {
    // Each level has the next one as the middle of its chain: computed twice, there would be 2^25 of them.
    const text = Array(25)
      .fill(0)
      .reduce<string>((inner) => `(0<${inner}<2?1:0)`, 'fn');
    const { run } = compile(await parse(text, 'number'));
    let reads = 0;
    const values = new Proxy(Float64Array.of(1), {
      get: (target, key) => {
        reads++;
        return target[Number(key)];
      },
    });
    expect(run(values)).toBe(1);
    expect(reads).toBe(1);
  });
});
