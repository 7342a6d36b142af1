import { describe, expect, it, vi } from 'vitest';
import { compile } from '../../src/expressions/compile.ts';
import type { ExpressionKind } from '../../src/values/expression.ts';
import { parse, refusal, VOCABULARY } from './vocabulary.ts';

const SCOPE = new Map(
  Object.entries({
    tp: 20,
    fp: 3,
    tn: 30,
    fn: 2,
    n: 55,
    recall: 0.75,
    roc_auc: 0.9,
    'train.recall': 0.5,
    'champion.logged.recall': 0.25,
    'low(recall)': 0.625,
    'worse(train.recall)': 0,
  }),
);

describe('parseExpression', () => {
  it('does not load mathjs before the first expression', async () => {
    vi.resetModules();
    const load = vi.fn(() => vi.importActual('mathjs/number'));
    vi.doMock('mathjs/number', load);
    const { parseExpression } = await import('../../src/expressions/parse.ts');
    expect(load).not.toHaveBeenCalled();
    await parseExpression('n', { ...VOCABULARY, kind: 'number', field: 'metrics' });
    await parseExpression('n', { ...VOCABULARY, kind: 'number', field: 'metrics' });
    expect(load).toHaveBeenCalledTimes(1);
    vi.doUnmock('mathjs/number');
  });

  it.each<[text: string, symbols: readonly string[], value: number]>([
    ['5*fn + fp', ['fn', 'fp'], 13],
    [' fp+5 * fn\n+\t0 ', ['fp', 'fn'], 13],
    ['fn + fn + fp', ['fn', 'fp'], 7],
    ['2', [], 2],
    ['.5 + 1. + 1e-1 + 2.5E+2', [], 251.6],
    ['-fn^2', ['fn'], -4],
    ['2^-fn', ['fn'], 0.25],
    ['2^3^2', [], 512],
    ['(tp - fp) / (tp + fp)', ['tp', 'fp'], 17 / 23],
    ['tp / fp * fn', ['tp', 'fp', 'fn'], 40 / 3],
    ['+fn - -fp', ['fn', 'fp'], 5],
    ['min(fn, fp, tp)', ['fn', 'fp', 'tp'], 2],
    ['max(fn)', ['fn'], 2],
    ['abs(fn - fp) + sqrt(16) + exp(0) + log(1) + log(8, 2)', ['fn', 'fp'], 9],
    ['round(2.5) + round(0.125, 2)', [], 3.13],
    ['recall > 0.5 ? 10 : 20', ['recall'], 10],
    ['recall < 0.5 ? 10 : recall < 0.8 ? 20 : 30', ['recall'], 20],
    ['(0 < recall < 1 and fn != fp) ? 1 : .3', ['recall', 'fn', 'fp'], 1],
    ['train.recall - champion.logged.recall', ['train.recall', 'champion.logged.recall'], 0.25],
    ['low(recall) - recall', ['low(recall)', 'recall'], -0.125],
  ])('reads the number %j', async (text, symbols, value) => {
    const expression = await parse(text, 'number');
    expect(expression).toMatchObject({ text: text.trim(), kind: 'number', symbols });
    expect(structuredClone(expression)).toEqual(expression);
    expect(compile(expression).evaluate(SCOPE)).toBeCloseTo(value, 12);
  });

  it.each<[text: string, value: boolean]>([
    ['recall >= 0.75', true],
    ['recall > 0.75', false],
    ['recall == 0.75', true],
    ['recall != 0.75', false],
    ['recall <= 0.7', false],
    ['0.1 + 0.2 == 0.3', true],
    ['0.3 < 0.1 + 0.2', false],
    ['0 < recall <= 0.75 < roc_auc', true],
    ['0 < recall < 0.75 < roc_auc', false],
    ['recall > 0.5 and roc_auc > 0.95 or fn == 2', true],
    ['recall > 0.5 and (roc_auc > 0.95 or fn == 3)', false],
    ['not (recall > 0.5)', false],
    ['not worse(train.recall) and low(recall) > train.recall', true],
    ['fn > 1 ? fp > 3 : fp > 2', false],
  ])('reads the condition %j', async (text, value) => {
    expect(compile(await parse(text, 'boolean')).evaluate(SCOPE)).toBe(value);
  });

  it.each<[text: string, code: string, position: number, kind?: ExpressionKind]>([
    ['', 'invalid_expression', 1],
    ['  ', 'invalid_expression', 1],
    ['fn = 1', 'invalid_expression', 4],
    ['f(x) = x', 'invalid_expression', 6],
    ['fn; fp', 'invalid_expression', 3],
    ['fn fp', 'invalid_expression', 4],
    ['fn\nfp', 'invalid_expression', 4],
    ['2 fn', 'invalid_expression', 3],
    ['2(fn)', 'invalid_expression', 2],
    ['(fn)(fp)', 'invalid_expression', 5],
    ['(fn) fp', 'invalid_expression', 6],
    ['fn not fp', 'invalid_expression', 4],
    ['0x10', 'invalid_expression', 2],
    ['1.2.3', 'invalid_expression', 4],
    ['fn % fp', 'invalid_expression', 4],
    ['5%', 'invalid_expression', 2],
    ['fn!', 'invalid_expression', 3],
    ["fn'", 'invalid_expression', 3],
    ['"fn"', 'invalid_expression', 1],
    ['[fn]', 'invalid_expression', 1],
    ['{a: fn}', 'invalid_expression', 1],
    ['fn[1]', 'invalid_expression', 3],
    ['fn.*fp', 'invalid_expression', 3],
    ['5.*fp', 'invalid_expression', 2],
    ['5./fp', 'invalid_expression', 2],
    ['fn .^ fp', 'invalid_expression', 4],
    ['fn & fp', 'invalid_expression', 4],
    ['fn || fp', 'invalid_expression', 4],
    ['fn << 2', 'invalid_expression', 4],
    ['fn >>> 2', 'invalid_expression', 4],
    ['fn ?? 2', 'invalid_expression', 4],
    ['fn?.fp', 'invalid_expression', 4],
    ['fn mod fp', 'invalid_expression', 4],
    ['fn to fp', 'invalid_expression', 4],
    ['fn in fp', 'invalid_expression', 4],
    ['fn # fp', 'invalid_expression', 4],
    ['fn $ fp', 'invalid_expression', 4],
    ['fn × fp', 'invalid_expression', 4],
    ['𝒇n', 'invalid_expression', 1],
    ['train . recall', 'invalid_expression', 7],
    ['fn:fp', 'invalid_expression', 1],
    ['1:fn:fp', 'invalid_expression', 1],
    ['fn, fp', 'invalid_expression', 3],
    ['(fn', 'invalid_expression', 3],
    ['fn)', 'invalid_expression', 3],
    ['()', 'invalid_expression', 2],
    ['fn +', 'invalid_expression', 4],
    ['* fn', 'invalid_expression', 1],
    ['fn <> fp', 'invalid_expression', 5],
    ['recall > 0.5 ? 1', 'invalid_expression', 16],
    ['1e999', 'invalid_expression', 1],
    ['fn + true', 'invalid_expression', 6],
    ['null', 'invalid_expression', 1],
    ['fn + NaN', 'invalid_expression', 6],
    ['Infinity', 'invalid_expression', 1],
    ['max()', 'invalid_expression', 1],
    ['fn + abs(fn, fp)', 'invalid_expression', 6],
    ['log(1, 2, 3)', 'invalid_expression', 1],
    ['round(recall, fn)', 'invalid_expression', 1],
    ['round(recall, 1.5)', 'invalid_expression', 1],
    ['round(recall, 16)', 'invalid_expression', 1],
    ['fn + foo', 'unknown_name', 6],
    ['fn + max', 'unknown_name', 6],
    ['pi', 'unknown_name', 1],
    ['recall.train', 'unknown_name', 1],
    ['constructor', 'unknown_name', 1],
    ['fn.constructor', 'unknown_name', 1],
    ['__proto__', 'unknown_name', 1],
    ['low', 'unknown_name', 1],
    ['low(foo)', 'unknown_name', 5],
    ['low(champion.logged.recall)', 'unknown_name', 5],
    ['low(recall + 1)', 'unknown_name', 5],
    ['low(low(recall))', 'unknown_name', 5],
    ['low(recall, fn)', 'unknown_name', 5],
    ['fn + low()', 'unknown_name', 6],
    ['fn(1)', 'unknown_function', 1],
    ['train.recall(1)', 'unknown_function', 1],
    ['sin(fn)', 'unknown_function', 1],
    ['evaluate(fn)', 'unknown_function', 1],
    ['import(fn)', 'unknown_function', 1],
    ['constructor(fn)', 'unknown_function', 1],
    ['fn > 1', 'number_expected', 1],
    ['fn + (fp > 1)', 'number_expected', 7],
    ['max(fn, fp > 1)', 'number_expected', 9],
    ['1 < (fn < fp) < 3', 'number_expected', 6],
    ['worse(recall)', 'number_expected', 1],
    ['fn', 'condition_expected', 1, 'boolean'],
    ['1', 'condition_expected', 1, 'boolean'],
    ['low(recall)', 'condition_expected', 1, 'boolean'],
    ['not recall > 0.5', 'condition_expected', 5, 'boolean'],
    ['fn > 1 and fp', 'condition_expected', 12, 'boolean'],
    ['fn ? fp > 1 : fp > 2', 'condition_expected', 1, 'boolean'],
    ['fn > 1 ? fp : fp > 2', 'condition_expected', 10, 'boolean'],
    ['fn > 1 ? fp : fp > 2', 'number_expected', 15],
  ])('rejects %j', async (text, code, position, kind = 'number') => {
    const { details, ...error } = await refusal(parse(text, kind));
    expect(error.code).toBe(code);
    expect(details).toMatchObject({ field: 'gate', value: text, position });
  });

  it.each([
    [
      'foo',
      [
        'tp',
        'fp',
        'tn',
        'fn',
        'n',
        'recall',
        'roc_auc',
        'log_loss',
        'train.recall',
        'champion.logged.recall',
      ],
    ],
    ['foo(1)', ['min', 'max', 'abs', 'sqrt', 'log', 'exp', 'round', 'low', 'worse']],
    ['low(foo)', ['tp', 'fp', 'tn', 'fn', 'n', 'recall', 'roc_auc', 'log_loss', 'train.recall']],
  ])('says what is allowed instead of %j', async (text, allowed) => {
    const { details } = await refusal(parse(text, 'number'));
    expect(details.allowed).toEqual(allowed);
  });

  it.each([
    ['recall = 0.5', 'gate has "=" at character 8: use == to compare.'],
    [
      '2 fn',
      'gate has "fn" without an operator before it at character 3: write one, such as * for a product.',
    ],
    [
      'fn mod fp',
      'gate has "mod" at character 4: use numbers, names, functions, the operators + - * / ^ == != < <= > >= and or not ?: and parentheses.',
    ],
  ])('says what happened in %j, and what to do', async (text, message) => {
    expect((await refusal(parse(text, 'boolean'))).message).toBe(message);
  });

  it.each<[text: string, accepted: boolean]>([
    [`fn${' '.repeat(498)}`, true],
    [`fn${' '.repeat(499)}`, false],
    [Array(100).fill('1').join('+'), true],
    [Array(101).fill('1').join('+'), false],
    [`${'-'.repeat(199)}1`, true],
    [`${'-'.repeat(200)}1`, false],
    [`${'('.repeat(50)}1${')'.repeat(50)}`, true],
    [`${'('.repeat(51)}1${')'.repeat(51)}`, false],
  ])('accepts so much: %j', async (text, accepted) => {
    if (accepted) await expect(parse(text, 'number')).resolves.toBeDefined();
    else expect((await refusal(parse(text, 'number'))).code).toBe('expression_too_long');
  });
});
