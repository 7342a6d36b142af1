import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RelaxNGValidator, XmlDocument } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { describe as describeAnswer } from '../../../src/reports/answers/describe.ts';
import { junit } from '../../../src/reports/answers/junit.ts';
import { openMetrics } from '../../../src/reports/answers/openMetrics.ts';
import { answerPage } from '../../../src/reports/answers/page.tsx';
import { HOSTILE_NAMES } from './hostile.ts';
import { EVALUATION, FULL, HOSTILE, REFUSAL, SWEEP } from './sample.ts';

const SAMPLES = { FULL, SWEEP, EVALUATION, REFUSAL, HOSTILE };
const schema = RelaxNGValidator.fromDoc(
  XmlDocument.fromString(readFileSync(join(import.meta.dirname, '../../fixtures/junit/junit.rng'), 'utf8')),
);

/** Parses a report, and holds it against the schema. */
function parsed(xml: string): XmlDocument {
  const document = XmlDocument.fromBuffer(Buffer.from(xml));
  schema.validate(document);
  return document;
}

const texts = (document: XmlDocument, path: string) => document.find(path).map(({ content }) => content);

describe('JUnit', () => {
  it.each(Object.entries(SAMPLES))('of %s is valid', (_, summary) => {
    const document = parsed(junit(summary));
    const count = (path: string) => document.find(path).length;
    const suite = '/testsuites/testsuite';
    expect(texts(document, `${suite}/@tests`)).toEqual([String(count('//testcase'))]);
    expect(texts(document, `${suite}/@failures`)).toEqual([String(count('//failure'))]);
    expect(texts(document, `${suite}/@errors`)).toEqual([String(count('//error'))]);
    expect(texts(document, `${suite}/@skipped`)).toEqual([String(count('//skipped'))]);
    const names = texts(document, '//testcase/@name');
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.entries({ FULL, EVALUATION, REFUSAL }))('of %s stays as it is', async (name, summary) => {
    await expect(junit(summary)).toMatchFileSnapshot(`snapshots/${name.toLowerCase()}.xml`);
  });

  it('keeps every name that XML can hold', () => {
    for (const name of HOSTILE_NAMES) {
      const document = parsed(
        junit({
          ...FULL,
          experiment: name,
          gate: { state: 'passed', gates: [{ expression: name, state: 'passed', values: {} }] },
        }),
      );
      const held = name.replaceAll(/(?![\t\r\n])[\p{Cc}\p{Cs}\ufffe]/gu, '\ufffd').replaceAll(/\r\n?/g, '\n');
      expect(texts(document, '//testcase[last()]/@name')).toEqual([held]);
      expect(texts(document, '//testcase[1]/@classname')).toEqual([`trainpost.${held}`]);
    }
  });

  it('names a gate that is given twice twice', () => {
    const gate = { expression: 'recall > 0', state: 'passed', values: { recall: 1 } } as const;
    const document = parsed(junit({ ...FULL, gate: { state: 'passed', gates: [gate, gate] } }));
    expect(texts(document, '//testcase/@name').slice(-2)).toEqual(['recall > 0', 'recall > 0 (2)']);
  });
});

describe('OpenMetrics', () => {
  it('of a training stays as it is', async () => {
    await expect(openMetrics(FULL)).toMatchFileSnapshot('snapshots/full.txt');
  });

  it.each(Object.entries(SAMPLES))('of %s has lines that a parser reads', (_, summary) => {
    const text = openMetrics(summary);
    const lines = text.split('\n');
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    const values = lines.slice(0, -2).filter((line) => !line.startsWith('# TYPE '));
    for (const line of values)
      expect(line).toMatch(/^trainpost_[a-zA-Z0-9_]* (?:-?[\d.]+(?:e[-+]?\d+)?|NaN)$/);
    expect(new Set(values.map((line) => line.split(' ')[0])).size).toBe(values.length);
  });
});

describe('a page', () => {
  it.each(Object.entries(SAMPLES))('of %s has no mark that is not ours', (_, summary) => {
    const html = answerPage(summary.experiment, describeAnswer(summary));
    const tags = new Set(
      [...html.matchAll(/<(\/?[a-z][\w-]*)/gi)].map(([, tag]) => (tag as string).replace('/', '')),
    );
    const ours =
      'html head meta title style body main h1 p ul li div table thead tbody tr th td details summary pre code bdi strong a';
    expect([...tags].filter((tag) => !ours.split(' ').includes(tag))).toEqual([]);
    expect(
      [...html.matchAll(/href="([^"]*)"/g)].filter(([, href]) => !href?.startsWith('http://mlflow/')),
    ).toEqual([]);
  });
});
