import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** Words that plain English does without, with the words to use instead: docs/development.md, "Writing rules". */
const OLD_WORDS: readonly (readonly [old: RegExp, instead: string])[] = [
  [/\bwhoever\b/i, 'name the person or the program'],
  [/\bwhatever\b/i, 'everything that; any; whichever; or name the things'],
  [/\bwhosoever\b|\bwhatsoever\b|\bwherein\b|\bwhereof\b|\bthereof\b/i, 'in which, of which, of it'],
  [/(?<!\bthere )\b(?:is|are|was|were|be) none\b/i, 'is not a ...; there is no ...'],
  [/\b(?:is|are|was|were|be|been) told\b/i, 'is reported; gets; is named'],
  [/\blest\b/i, 'so that ... not'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, correct'],
  [/, for (?:it|he|they|there|we|nobody|somebody) /i, 'because'],
  [/\bwants (?:a|an|one|at|its|no|the)\b/i, 'must be, needs'],
  [/(?:^|[.!?]) ?\W{0,6}Not that [a-z]/, 'begin with the actor'],
  [/(?:^|\* |\/\/ |[.!?] )Of (?!course)[a-z]/, 'begin with the actor'],
];

const TEXT = /\.(?:tsx?|mjs|md|py|sh|yml|html)$|^Dockerfile$|^\.ci\/run$/;
/** This file has the words; fixtures and naughty texts are not ours. */
const LEFT_OUT = /^test\/(?:words\.test\.ts$|fixtures\/)/;

const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => TEXT.test(file) && !LEFT_OUT.test(file));

/** `line: the old word -> what to write instead`, for each line with an old word. */
function oldWordsIn(text: string): string[] {
  return text.split('\n').flatMap((line, index) =>
    OLD_WORDS.flatMap(([old, instead]) => {
      const [word] = old.exec(line) ?? [];
      return word === undefined ? [] : [`${index + 1}: "${word.trim()}" -> ${instead}`];
    }),
  );
}

const found = new Map(
  files.flatMap((file) => {
    const words = oldWordsIn(readFileSync(join(ROOT, file), 'utf8'));
    return words.length === 0 ? [] : [[file, words] as const];
  }),
);

describe('plain English', () => {
  it.each([
    ['Whoever waits is answered.', 1],
    ['a form that is none', 1],
    ['0 if there are none', 0],
    ['The row is told, lest nobody notice.', 2],
    ['mend it, for it is broken', 2],
    ['tol wants a number', 1],
    ['// Of these the first counts.', 1],
    ['It is amended, as recommended, for example by the client. Of course.', 0],
  ])('finds in %j', (text, count) => {
    expect(oldWordsIn(text)).toHaveLength(count);
  });

  it('looks at documents, sources, tests and benchmarks', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/errors.md', 'src/service.ts']));
    expect(files.filter((file) => file.startsWith('test/')).length).toBeGreaterThan(100);
    expect(files.filter((file) => file.startsWith('bench/')).length).toBeGreaterThan(20);
  });

  it('is in every file', () => {
    expect(Object.fromEntries(found)).toEqual({});
  });
});
