import { marked, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { type Block, code, paragraph, printable, prose } from '../../../src/reports/answers/blocks.ts';
import { describe as describeAnswer } from '../../../src/reports/answers/describe.ts';
import { addressOf, markdown, markerOf } from '../../../src/reports/answers/markdown.ts';
import { HOSTILE_NAMES } from './hostile.ts';
import { EVALUATION, FULL, HOSTILE, REFUSAL, SWEEP } from './sample.ts';
import { allTokens, blocksOf } from './tokens.ts';

/** What a comment may have at GitHub. GitLab takes a million. */
const COMMENT_CHARS_MAX = 65_536;
const MARKER = markerOf('E');

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] as string);
/** Blanks are one blank on a page, and a joiner takes no room. */
const shown = (text: string) => text.replaceAll('\u2060', '').replaceAll(/\s+/g, ' ').trim();

const tableOf = (name: string): Block => ({
  kind: 'table',
  head: [name, 'b'],
  rows: [
    [[code(name)], ['x']],
    [[prose(name)], [code(name)]],
  ],
});

describe('Markdown', () => {
  it.each(Object.entries({ FULL, SWEEP, EVALUATION, REFUSAL }))(
    'of %s stays as it is',
    async (name, summary) => {
      const text = markdown(markerOf(summary.experiment), describeAnswer(summary));
      await expect(text).toMatchFileSnapshot(`snapshots/${name.toLowerCase()}.markdown`);
    },
  );

  it('begins with a hidden line that no name ends', () => {
    expect(markerOf('Diabetes', 'a:b')).toBe('<!-- trainpost:Diabetes:a%3Ab -->');
    for (const name of HOSTILE_NAMES) {
      const [first, ...others] = blocksOf(markdown(markerOf(name, name), [paragraph('text')]));
      expect(first).toMatchObject({
        type: 'html',
        raw: expect.stringMatching(/^<!-- trainpost:[^\s<>]* -->\s*$/),
      });
      expect(others.filter(({ type }) => type !== 'space').map(({ type }) => type)).toEqual(['paragraph']);
    }
  });

  it.each(HOSTILE_NAMES.map((name) => [JSON.stringify(name).slice(0, 60), name] as const))(
    'shows %s as it is, and nothing else',
    (_, name) => {
      const short = name.length > 100 ? expect.stringContaining('…') : shown(printable(name));
      const expected = name === '' ? '(empty)' : name.trim() === '' ? '(blank)' : short;
      const table = blocksOf(markdown(MARKER, [tableOf(name)])).find(
        ({ type }) => type === 'table',
      ) as Tokens.Table;
      const cells = [table.header, ...table.rows].map((row) =>
        row.map((cell) => shown(textOf(marked.parseInline(cell.text) as string))),
      );
      const long = name.length > 600 ? expect.stringContaining('…') : shown(printable(name));
      expect(cells).toEqual([
        [shown(printable(name)), 'b'],
        [expected, 'x'],
        [long, expected],
      ]);
      const line = blocksOf(markdown(MARKER, [paragraph(prose(name))])).filter(
        ({ type }) => type !== 'space',
      );
      const [, text] = line;
      expect(line.length).toBe(shown(printable(name)) === '' ? 1 : 2);
      if (text !== undefined) {
        expect(text.type).toBe('paragraph');
        expect(shown(textOf(marked.parser([text])))).toBe(shown(printable(name)));
      }
    },
  );

  it('names nobody, and links to MLflow only', () => {
    const text = markdown(MARKER, describeAnswer({ ...HOSTILE, run: FULL.run! }));
    const tokens = allTokens(blocksOf(text));
    const html = tokens.filter(({ type }) => type === 'html').map(({ raw }) => raw.trim());
    expect(
      html.filter(
        (raw) => !/^<!-- trainpost:E -->$|^<details><summary>[^<]*<\/summary>$|^<\/details>$/.test(raw),
      ),
    ).toEqual([]);
    const links = tokens.filter(({ type }) => type === 'link').map((token) => (token as Tokens.Link).href);
    expect(links).toEqual([FULL.run!.url, 'http://mlflow/#/models/a%7Cb%3Ec%60d']);
    expect(tokens.filter(({ type }) => ['image', 'em', 'del'].includes(type))).toEqual([]);
    const plain = textOf((marked.parse(text) as string).replaceAll(/<(pre|code)\b[\s\S]*?<\/\1>/g, ''));
    expect(plain.match(/[@#!~%$&](?=\w)|:\w+:/g) ?? []).toEqual([]);
  });

  it('fits into a comment, also with 200 hostile columns, and says what it left out', () => {
    const text = markdown(MARKER, describeAnswer(HOSTILE));
    expect(text.length).toBeLessThan(60_000);
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    const long: Block[] = Array.from({ length: 200 }, () => paragraph(prose('@'.repeat(600))));
    const cut = markdown(MARKER, [...long, paragraph('last')]);
    expect(cut.length).toBeLessThan(60_000);
    expect(cut.length).toBeLessThan(COMMENT_CHARS_MAX);
    expect(cut).toMatch(/\nlast\n\n\d+ more parts are too long for a comment\./);
    expect(markdown(MARKER, [paragraph('last')])).toBe(`${MARKER}\n\nlast\n`);
  });

  it('ends a block of code only where the code ends', () => {
    for (const name of HOSTILE_NAMES) {
      const text = markdown(MARKER, [{ kind: 'code', language: 'sh', text: name }, paragraph('after')]);
      const types = blocksOf(text).filter(({ type }) => type !== 'space');
      expect(types.map(({ type }) => type)).toEqual(['html', 'code', 'paragraph']);
    }
  });
});

describe('addressOf', () => {
  it.each([
    ['http://mlflow:5000/#/runs/1?a=b', 'http://mlflow:5000/#/runs/1?a=b'],
    ['https://mlflow/a b', 'https://mlflow/a%20b'],
    ['javascript:alert(1)', undefined],
    ['http://', undefined],
    ['//mlflow', undefined],
  ])('%s -> %s', (link, address) => {
    expect(addressOf(link)).toBe(address);
  });
});
