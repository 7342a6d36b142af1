import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';

/** Texts that control a terminal, hide text, or look like an escape already. Each row has the text and how it is shown. */
const HOSTILE = [
  ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['\u0007bell', '\\u0007bell'],
  ['a\rb', 'a\\rb'],
  ['a\bb', 'a\\bb'],
  ['a\fb', 'a\\fb'],
  ['\u009b31m', '\\u009b31m'],
  ['\u007f', '\\u007f'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u2028line', '\\u2028line'],
  ['\ufeffbom', '\\ufeffbom'],
  ['\\u001b[31m', '\\u001b[31m'],
  ['\\\u001b\\\\\u001b', '\\\\u001b\\\\\\u001b'],
  ['a\tb "c" /d', 'a\tb "c" /d'],
  ['\ud83d\ude00 \u05d0\u200d', '\ud83d\ude00 \u05d0\u200d'],
] as const;
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

function logOf(isTTY: boolean, write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const output = {
    isTTY,
    write: (piece: string) => {
      text += piece;
    },
  };
  write(createLogger('info', output));
  return text;
}

describe('the log in lines of JSON', () => {
  it.each(HOSTILE)('escapes the characters of %j, and keeps the text', (text) => {
    const line = logOf(false, ({ logger }) => logger.warn({ path: text }, text));
    expect(line).not.toMatch(UNPRINTABLE);
    expect(line.split('\n')).toHaveLength(2);
    expect(JSON.parse(line)).toMatchObject({ path: text, msg: text });
  });

  it('has sentences as lines of JSON too', () => {
    const line = logOf(false, ({ say }) => say('up\u001b[2J'));
    expect(line).not.toMatch(UNPRINTABLE);
    expect(JSON.parse(line)).toMatchObject({ msg: 'up\u001b[2J' });
  });

  it('is JSON for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = logOf(false, ({ logger }) => logger.info({ text }, text));
        expect(line).not.toMatch(UNPRINTABLE);
        expect(JSON.parse(line)).toMatchObject({ text });
      }),
    );
  });
});

describe('the log in a terminal', () => {
  it.each(HOSTILE)('shows %j as text', (text, shown) => {
    const line = logOf(true, ({ logger }) => logger.info(text));
    expect(line.slice(line.indexOf('INFO: ') + 6)).toBe(`${shown}\n`);
  });

  it('shows no control character, of any text in any place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const error = Object.assign(new Error(text), { code: text });
        expect(logOf(true, ({ logger }) => logger.error({ text, err: error }, text))).not.toMatch(
          UNPRINTABLE,
        );
      }),
    );
  });

  it('shows sentences as plain text, without control characters', () => {
    expect(logOf(true, ({ say }) => say('MLflow \u001b[2Janswers'))).toBe('MLflow \\u001b[2Janswers\n');
  });

  it('keeps the lines of a stack', () => {
    const shown = logOf(true, ({ logger }) => logger.error({ err: new Error('broken') }, 'it failed'));
    expect(shown).toMatch(/broken\n +at /);
  });
});
