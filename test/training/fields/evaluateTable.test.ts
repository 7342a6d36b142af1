import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluatePage } from '../../../docs/generate/evaluatePage.ts';
import { EVALUATE_FORM } from '../../../src/training/fields/evaluateTable.ts';
import { type FormBody, parseEvaluateFields } from '../../../src/training/fields/parse.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/evaluate.md'), 'utf8');
const MODEL = { model: 'models:/m/1' };

describe('docs/evaluate.md', () => {
  it('is what npm run docs writes', () => {
    expect(PAGE, 'run npm run docs').toBe(evaluatePage());
  });
});

describe('the fields of an evaluation', () => {
  it('have each name once', () => {
    expect(new Set(EVALUATE_FORM.names).size).toBe(EVALUATE_FORM.names.length);
  });

  it.each(EVALUATE_FORM.rows.map(([key, { says }]) => [key, says]))('say %s in sentences', (_key, says) => {
    expect(says).toMatch(/^([A-Z0-9`]|scikit-learn).*\.$/);
  });

  it('have defaults', () => {
    expect(parseEvaluateFields(MODEL)).toEqual({
      data: { naValues: [] },
      gates: { gates: [] },
      split: {},
      model: MODEL,
      search: { metrics: [] },
      output: {},
      names: { experimentName: 'Default', tags: {} },
      logging: {},
      mode: { dryRun: false },
    });
  });

  it.each<[string, FormBody, object]>([
    ['no model', {}, { code: 'missing_model', details: { field: 'model' } }],
    ['an empty model', { model: ' ' }, { code: 'missing_model' }],
    ['two models', { model: ['models:/a/1', 'models:/b/1'] }, { code: 'repeated_field' }],
    [
      'a file as text',
      { ...MODEL, test_file: 'later.csv' },
      { code: 'missing_file', details: { field: 'test_file' } },
    ],
    [
      'a field of trainings',
      { ...MODEL, ignore: 'a' },
      { code: 'unknown_field', details: { allowed: ['test_file', ...EVALUATE_FORM.names] } },
    ],
    ['a table in a field', { ...MODEL, target: 'a,b\n1,2' }, { code: 'unexpected_file' }],
    ['two equal signs', { ...MODEL, decimal: ',', thousands: ',' }, { code: 'invalid_thousands' }],
    ['an alias of no model', { ...MODEL, alias: 'a', gate: 'f1 > 0' }, { code: 'alias_without_model' }],
    [
      'an alias without a gate',
      { ...MODEL, alias: 'a', registered_model: 'R' },
      { code: 'alias_without_gate', details: { field: 'alias' } },
    ],
    [
      'a registered model without an alias',
      { ...MODEL, registered_model: 'R', gate: 'f1 > 0' },
      { code: 'idle_field', details: { field: 'registered_model' } },
    ],
    ['another flag', { ...MODEL, dry_run: 'perhaps' }, { code: 'invalid_dry_run' }],
  ])('reject %s', (_name, body, error) => {
    let refusal: unknown;
    try {
      parseEvaluateFields(body);
    } catch (cause) {
      refusal = cause;
    }
    expect(refusal).toMatchObject(error);
  });
});
