import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawReport } from '../../src/reports/draw.tsx';
import { reportData } from '../../src/reports/report.ts';
import type { LoadedModel } from '../../src/values/loadedModel.ts';
import { chosenOf } from '../../src/values/result.ts';
import { csvOf, HOSTILE, reportOf } from './sample.ts';

const PAGE_BYTES_MAX = 200_000;

const htmlOf = (json: string) => drawReport(json, false)[0]!.text;

describe('report.html', () => {
  it('is the same bytes each time, and small', async () => {
    const { json } = await reportOf({ inference: 'true' });
    const html = htmlOf(json);
    expect(htmlOf(json)).toBe(html);
    expect(Buffer.byteLength(html)).toBeLessThan(PAGE_BYTES_MAX);
  });

  it.each([
    ['12 classes', 12, 8, 3_000, 200_000],
    ['12 classes and 60 features', 12, 60, 3_000, 240_000],
    ['60 classes', 60, 8, 6_000, 240_000],
    ['60 features', 2, 60, 3_000, 200_000],
  ])('stays small for %s', async (_name, classes, features, rows, most) => {
    const columns = Array.from({ length: features }, (_, i) => `feature_${i}`);
    const csv = csvOf(columns, rows, ([a = 0]) => `class ${Math.floor(a * classes)}`);
    const html = htmlOf((await reportOf({}, csv)).json);
    expect(Buffer.byteLength(html)).toBeLessThan(most);
  });

  it('says the verdict beside what always saying the most frequent class comes to', async () => {
    const text = htmlOf((await reportOf({})).json).replaceAll(/[\u2068\u2069]/g, '');
    expect(text).toContain('The model finds 52 of 88 test rows of class 1.');
    expect(text).toContain('It predicts class 1 for 64 rows, and is right for 52 of them.');
    expect(text).toContain('17.3 points better than always saying 0 (0.6190).');
  });

  it('shows the gates with their values, the intervals and the loss', async () => {
    const gates = [{ expression: 'recall > 0.7', state: 'failed', values: { recall: 0.5909 } }] as const;
    const { json } = await reportOf({}, undefined, undefined, { state: 'failed', gates });
    const html = htmlOf(json);
    expect(html).toContain(
      'recall > 0.7</td><td class="text">✗\u00a0failed</td><td class="text">recall = 0.5909',
    );
    expect(html).toContain('95 % interval');
    expect(html).toContain('Loss by iteration');
  });

  it('compares with the champion', async () => {
    const { run, result } = await reportOf({});
    const champion = {
      measures: chosenOf(result).train,
      paired: { roc_auc: { difference: 0.0125, low: -0.01, high: 0.035, p: 0.3 } },
      verdicts: { roc_auc: 'no_difference' },
    } as const;
    const place = { uri: 'models:/m@prod', name: 'm', version: '3' };
    const gate = { state: 'passed', gates: [], champion: { place } as unknown as LoadedModel } as const;
    const data = reportData({ result: { ...result, champion }, run, settings: {}, gate, command: 'curl' });
    const html = htmlOf(JSON.stringify(data));
    expect(html).toContain('The champion is <bdi>models:/m@prod</bdi>, version 3');
    const theirs = champion.measures.metrics.roc_auc.toFixed(4);
    expect(html).toContain(`<td>${theirs}</td><td>0.0125</td><td>-0.0100 to 0.0350</td>`);
    expect(html).toContain('no difference');
  });

  it('allows its own script and style by their hashes, and nothing else', async () => {
    const html = htmlOf((await reportOf({})).json);
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)!;
    const hashes = [...html.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(
      ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
    );
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(policy!.replaceAll('&#39;', "'")).toContain(hash);
    expect(policy).not.toContain('unsafe');
    expect(html).not.toMatch(/\s(?:style|on\w+|src|href)=/);
  });

  it('escapes names of columns, classes and files', async () => {
    const csv = csvOf(HOSTILE, 200, ([a = 0, b = 0]) => (a + b > 1 ? HOSTILE[0]! : HOSTILE[1]!));
    const { json } = await reportOf({ exp_name: HOSTILE[2]! }, csv, HOSTILE[1]);
    const files = drawReport(json, true);
    for (const { text } of files) {
      expect(text).not.toMatch(/<script>alert|<img|<svg onload|<b>/);
      expect(text).not.toContain('\u202e'.repeat(2));
    }
    expect(files[0]!.text.match(/<script/g)).toHaveLength(2);
  });

  it.each([
    ['always right', (a: number) => (a > 0.5 ? 1 : 0), { C: 'inf' }],
    [
      'always wrong',
      (a: number, row: number) => (a > 0.5 === row < 140 ? 1 : 0),
      { split: 'last', test_size: '60' },
    ],
    [
      'of one class in the test rows',
      (a: number, row: number) => (row < 140 && a > 0.5 ? 1 : 0),
      { split: 'last', test_size: '60' },
    ],
  ])('can be drawn for a model that is %s', async (_name, classOf, body) => {
    const csv = csvOf(['x'], 200, ([a = 0], row) => String(classOf(a, row)));
    const { json } = await reportOf(body, csv);
    const files = drawReport(json, true);
    for (const { text } of files) expect(text).not.toMatch(/NaN|Infinity|="undefined|>undefined</);
  });
});

describe('a full report', () => {
  it('has each plot as a file, named as autolog names it', async () => {
    const { json } = await reportOf({ C: '0.1,1', inference: 'true' });
    const files = drawReport(json, true);
    expect(files.map(({ path }) => path)).toEqual([
      'report.html',
      ...['test', 'training'].flatMap((part) =>
        [
          'confusion_matrix',
          'roc_curve',
          'precision_recall_curve',
          'calibration',
          'threshold_metrics',
          'probabilities',
        ].map((name) => `plots/${part}_${name}.svg`),
      ),
      ...['coefficients', 'inference', 'convergence', 'sweep', 'class_balance'].map(
        (name) => `plots/${name}.svg`,
      ),
    ]);
    for (const { text } of files.slice(1)) {
      expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*><style>/);
      expect(text).not.toMatch(/NaN|="undefined|>undefined</);
    }
  });
});
