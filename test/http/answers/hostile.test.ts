import { XmlDocument } from 'libxml2-wasm';
import type { Tokens } from 'marked';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_NAMES } from '../../reports/answers/hostile.ts';
import { allTokens, blocksOf } from '../../reports/answers/tokens.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const ROWS = 80;
const COLUMNS = 200;
/** A file of text has no such signs. */
const names = HOSTILE_NAMES.filter((name) => name !== '' && !/[\0\ufffe]|\p{Cs}/u.test(name));
const nameOf = (i: number) => `${names[i % names.length]}${i < names.length ? '' : i}`;
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const labelOf = (row: number) => quoted(row % 3 === 0 ? '<b>@yes</b>' : 'n|o`');

/** 200 columns with hostile names, many of which cause warnings, and hostile labels. */
const CSV = [
  [...Array.from({ length: COLUMNS - 1 }, (_, i) => quoted(nameOf(i))), 'target'].join(','),
  ...Array.from({ length: ROWS }, (_, row) => {
    const cells = Array.from({ length: COLUMNS - 1 }, (_, i) =>
      i % 7 === 0 ? '1' : i % 7 === 1 ? `$${row % 5},000` : String((row * (i + 3)) % 17),
    );
    return [...cells.map(quoted), labelOf(row)].join(',');
  }),
  '',
].join('\n');

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

async function post(accept: string, fields: Record<string, string>): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('train_file', new Blob([CSV]), 'a`|<b>.csv');
  const response = await fetch(`${service.url}/train`, {
    method: 'POST',
    headers: { Accept: accept },
    body: form,
  });
  expect(response.headers.get('Content-Type')).toContain(accept);
  return response.text();
}

const FORMS = {
  'a training': { exp_name: '<!-- @all', gate: 'recall > 2', positive: '<b>@yes</b>', tags: 'a=`|' },
  'a dry run': { exp_name: '--> | x', dry_run: 'true' },
  'a column that does not exist': { exp_name: '`', target: '<img src=x>|`' },
};

describe.each(Object.entries(FORMS))('%s of 200 columns with hostile names', (_, fields) => {
  it('has Markdown that formats nothing of them', async () => {
    const text = await post('text/markdown', fields);
    expect(text.length).toBeLessThan(60_000);
    const seen = allTokens(blocksOf(text)) as Tokens.Generic[];
    const types = new Set(seen.map(({ type }) => type));
    for (const type of ['image', 'em', 'del', 'hr', 'blockquote']) expect(types).not.toContain(type);
    const links = seen.filter(({ type }) => type === 'link').map(({ href }) => href as string);
    expect(links.filter((href) => !href.startsWith('http://mlflow/'))).toEqual([]);
    const html = seen.filter(({ type }) => type === 'html').map(({ raw }) => raw.trim());
    const ours = /^(?:<!-- trainpost:[^\s<>]* -->|<details><summary>[^<]*<\/summary>|<\/details>)$/;
    expect(html.filter((raw) => !ours.test(raw))).toEqual([]);
    // Code notifies nobody.
    const plain = seen.filter(({ type, tokens }) => type === 'text' && tokens === undefined);
    expect(plain.map(({ raw }) => raw).filter((raw) => /@\w/.test(raw))).toEqual([]);
    expect(plain.length).toBeGreaterThan(5);
  });

  it('has JUnit that a parser reads', async () => {
    const document = XmlDocument.fromString(await post('application/xml', fields));
    const found = document.find('//testcase/@classname').map(({ content }) => content);
    expect(new Set(found)).toEqual(new Set([`trainpost.${fields.exp_name}`]));
  });

  it('has a page without marks of them', async () => {
    const html = await post('text/html', { ...fields, report: 'false' });
    expect(html).not.toMatch(/<(?:img|b|script)\b/i);
  });
});
