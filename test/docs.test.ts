import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../docs/generate/errorsPage.ts';

const ROOT = join(import.meta.dirname, '..');
const README_LINES_MAX = 180;
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const files = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const pages = files.filter((file) => file.endsWith('.md'));
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('kernels/assembly'))
  // Examples of answers repeat codes.
  .filter((name) => !name.startsWith('http/openapi/paths'))
  .map((name) => ({ name, text: read(join('src', name)) }));

/** A page without its code, in which links and headings are only shown. */
const withoutCode = (text: string) =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code');

const linksOf = (page: string) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link as string)
    .filter((link) => !/^[a-z]+:/.test(link));

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = read(page).replaceAll(/^```[\s\S]*?^```/gm, '');
  const seen = new Map<string, number>();
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => {
    const slug = (title as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const nth = seen.get(slug) ?? 0;
    seen.set(slug, nth + 1);
    return nth === 0 ? slug : `${slug}-${nth}`;
  });
  return new Set(anchors);
}

/** What is wrong with a link; undefined if it leads somewhere. */
function faultOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return `${link}: no such file`;
  if (anchor === undefined || (target.endsWith('.md') && anchorsOf(target).has(anchor))) return undefined;
  return `${link}: no such heading`;
}

describe('the pages', () => {
  it('are found with their links', () => {
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
  });

  it.each(pages)('%s has links that lead somewhere', (page) => {
    expect(linksOf(page).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
  });

  it.each(pages.filter((page) => !page.startsWith('test/')))('%s names files that exist', (page) => {
    const named = [...read(page).matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|py|sh))`/g)].map(
      ([, path]) => path,
    );
    const missing = named.filter(
      (path) => path !== 'example.ts' && !files.some((file) => `/${file}`.endsWith(`/${path}`)),
    );
    expect(missing).toEqual([]);
  });

  it(`keep README.md below ${README_LINES_MAX} lines`, () => {
    expect(read('README.md').split('\n').length).toBeLessThan(README_LINES_MAX);
  });

  it('name every decision in ARCHITECTURE.md', () => {
    const decisions = pages.filter((page) => page.startsWith('docs/decisions/'));
    expect(linksOf('ARCHITECTURE.md').filter((link) => link.startsWith('docs/decisions/'))).toEqual(
      decisions,
    );
  });
});

describe("ARCHITECTURE.md's table of rooms", () => {
  it('has the doors of doors.test.ts', () => {
    const [, table = ''] = /const DOORS[^{]*\{\n([\s\S]*?)\n\};/.exec(read('test/doors.test.ts')) ?? [];
    const doors = [...table.matchAll(/^ {2}(\w+): \[([^\]]*)\]/gm)].map(([, room, list = '']) => [
      room,
      [...list.matchAll(/'([^']+)'/g)].map(([, door]) => door),
    ]);
    const [, section = ''] = read('ARCHITECTURE.md').split('\n## Rooms and doors\n');
    const [rooms = ''] = section.split('\n## ');
    const rows = [...rooms.matchAll(/^\| `(\w+)` \|.*\| ([^|]+) \|$/gm)].map(([, room, list = '']) => [
      room,
      [...list.matchAll(/`([^`]+)`/g)].map(([, door]) => door),
    ]);
    expect(doors.length).toBeGreaterThan(15);
    expect(rows).toEqual(doors);
  });
});

/** Codes that the code puts together of two words. A new one needs a line here. */
const PUT_TOGETHER: Readonly<Record<string, readonly string[]>> = {
  'invalid_${field.toLowerCase()}': ['invalid_<field>'],
  'unknown_${field}': ['unknown_target', 'unknown_ignore'],
  'too_many_${what}': ['too_many_rows', 'too_many_cells'],
  'stratify_${part}_too_small': ['stratify_train_too_small', 'stratify_test_too_small'],
};
/** Codes of zod's issues, which no client sees. */
const OF_OTHERS: readonly string[] = ['custom'];

const spelledOut = (code: string) => (code.includes('$') ? (PUT_TOGETHER[code] ?? [code]) : [code]);
const found = (pattern: RegExp, text: string) =>
  [...text.matchAll(pattern)].flatMap(([, code]) => spelledOut(code as string));

/** The first word that an error is made with, also by the functions that make several alike. */
const MADE = /\b(?:\w*Error|super|beyond)\(\s*(?:\d{3},\s*)?['`]([a-z][\w${}.()]*)['`]/g;
/** A code as plain data: a warning, or a reason. */
const SAID = /\bcode(?:: | = )['`]([a-z][\w${}.()]*)['`]/g;
const SNAKE_CASE = /'([a-z]+(?:_[a-z0-9]+)+)'/g;

const thrown = new Set(sources.flatMap(({ text }) => found(MADE, text)));
const said = new Set(
  sources
    .flatMap(({ name, text }) => [
      ...found(SAID, text),
      ...(name.endsWith('Warnings.ts') ? found(SNAKE_CASE, text) : []),
    ])
    .filter((code) => !OF_OTHERS.includes(code)),
);

/** Codes in the first column of a page's tables. */
const documented = (text: string) =>
  new Set([...text.matchAll(/^\| `([a-z][a-z0-9_<>]*)` \|/gm)].map(([, code]) => code as string));

/** Sections of errors.md whose tables have codes. */
const [, codeSections = ''] = read('docs/errors.md').split('\n## Requests\n');
const errors = documented(codeSections);
const [, afterWarnings = ''] = read('docs/answers.md').split('\n## Warnings\n');
const warnings = documented(afterWarnings.split('\n## ')[0] ?? '');

describe('docs/errors.md', () => {
  it('has the tables that `npm run docs` makes', () => {
    expect(read('docs/errors.md')).toBe(errorsPage());
  });

  it('has every code that the code throws', () => {
    expect(thrown.size).toBeGreaterThan(100);
    expect([...thrown].filter((code) => !errors.has(code))).toEqual([]);
  });

  it('or docs/answers.md has every code of a warning or a reason', () => {
    expect([...said].filter((code) => !errors.has(code) && !warnings.has(code))).toEqual([]);
  });

  it('has no other code', () => {
    expect([...errors].filter((code) => !thrown.has(code) && !said.has(code))).toEqual([]);
    expect([...warnings].filter((code) => !said.has(code))).toEqual([]);
  });
});
