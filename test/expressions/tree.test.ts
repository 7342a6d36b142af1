import { describe, expect, it } from 'vitest';
import { FieldError } from '../../src/errors.ts';
import { loadParser } from '../../src/expressions/mathjsParser.ts';
import { TreeChecker } from '../../src/expressions/tree.ts';
import { VOCABULARY } from './vocabulary.ts';

/** Checks a text that no look at its characters has filtered before. */
async function check(text: string): Promise<unknown> {
  const node = (await loadParser())(text);
  const operands = (text.match(/[\w.]+/g) ?? []).map((operand) => ({ text: operand, at: 0 }));
  return new TreeChecker({ field: 'gate', text, start: 0 }, operands, VOCABULARY).check(node, 'number');
}

describe('TreeChecker', () => {
  it('gets one parser for all expressions', async () => {
    expect(await loadParser()).toBe(await loadParser());
  });

  it('accepts what the texts may have', async () => {
    expect(await check('fn + 2')).toMatchObject({ op: 'add' });
  });

  it.each([
    '2 fn',
    'fn = 2',
    'fn(x) = x',
    'fn; fp',
    '"fn"',
    '[fn, fp]',
    '[1]',
    '{fn: 1}',
    '{fn: 1}.fn',
    'fn[1]',
    'fn["constructor"]',
    'train["recall"]',
    'train?.recall',
    '1:2',
    '5 cm',
    '5%',
    'fn % fp',
    'fn mod fp',
    'fn xor fp',
    'fn & fp',
    '~fn',
    'fn!',
    "fn'",
    'fn .* fp',
    'fn << 2',
    'fn ?? fp',
    'fn to fp',
    'true',
    'null',
    '',
    '"x"(1)',
    'fn.constructor("return process")',
    'import({a: 1}, {override: true})',
    'createUnit("x")',
  ])('rejects %j by itself', async (text) => {
    await expect(check(text)).rejects.toThrow(FieldError);
  });

  it('rejects a property in brackets, although its name with a dot is known', async () => {
    const text = 'train["recall"]';
    const source = { field: 'gate', text, start: 0 };
    const node = (await loadParser())(text);
    const checker = new TreeChecker(source, [{ text: 'train.recall', at: 0 }], VOCABULARY);
    expect(() => checker.check(node, 'number')).toThrow(FieldError);
  });
});
