import { describe, expect, it } from 'vitest';
import { compile } from '../../src/expressions/compile.ts';
import { parseMetrics } from '../../src/expressions/customMetrics.ts';
import { parseGates } from '../../src/expressions/gates.ts';
import { parseObjective, parseSelect } from '../../src/expressions/objective.ts';
import { parse, refusal, VOCABULARY } from './vocabulary.ts';

const metricsOf = (...texts: readonly string[]) => parseMetrics(texts, 'metrics', VOCABULARY);

/** The vocabulary with these custom metrics. */
async function withMetrics(...texts: readonly string[]) {
  const metrics = await metricsOf(...texts);
  return { ...VOCABULARY, metrics: new Map(metrics.map((metric) => [metric.name, metric])) };
}

describe('parseMetrics', () => {
  it('reads names and expressions', async () => {
    const metrics = await metricsOf(
      'cost = 5*fn + fp',
      'Cost_2=cost_of ? 1 : 2'.replace('cost_of', '(fn>fp)'),
    );
    expect(metrics).toMatchObject([
      { name: 'cost', expression: { text: '5*fn + fp', symbols: ['fn', 'fp'] } },
      { name: 'Cost_2', expression: { text: '(fn>fp) ? 1 : 2' } },
    ]);
    const scope = new Map(Object.entries({ fn: 2, fp: 3 }));
    expect(metrics.map(({ expression }) => compile(expression).evaluate(scope))).toEqual([13, 2]);
  });

  it.each<[text: string, code: string, position?: number]>([
    ['5*fn + fp', 'invalid_metric', 1],
    ['', 'invalid_metric', 1],
    ['= 5', 'invalid_metric', 1],
    ['cost == 5', 'invalid_metric', 1],
    ['a b = 5', 'invalid_metric', 1],
    ['2x = 5', 'invalid_metric', 1],
    ['_x = 5', 'invalid_metric', 1],
    ['__proto__ = 5', 'invalid_metric', 1],
    ['größe = 5', 'invalid_metric', 1],
    ['a.b = 5', 'invalid_metric', 1],
    ['f(x) = 5', 'invalid_metric', 1],
    [`${'x'.repeat(101)} = 5`, 'invalid_metric', 1],
    [' recall = 5', 'invalid_metric', 2],
    ['train = 5', 'invalid_metric', 1],
    ['max = 5', 'invalid_metric', 1],
    ['low = 5', 'invalid_metric', 1],
    ['and = 5', 'invalid_metric', 1],
    ['mod = 5', 'invalid_metric', 1],
    ['true = 5', 'invalid_metric', 1],
    ['cost = 5 = 6', 'invalid_expression', 10],
    ['cost =', 'invalid_expression', 7],
    ['cost = 5*fm', 'unknown_name', 10],
    ['cost = (5', 'invalid_expression', 9],
    ['cost = fn > 5', 'number_expected', 8],
    ['cost = cost', 'unknown_name', 8],
  ])('rejects %j', async (text, code, position) => {
    const { details, ...error } = await refusal(metricsOf(text));
    expect(error.code).toBe(code);
    expect(details).toMatchObject({ field: 'metrics', value: text, position });
  });

  it('rejects a name that is defined twice, and too many', async () => {
    expect(await refusal(metricsOf('a = 1', 'b = 2', ' a = 3'))).toMatchObject({
      code: 'repeated_metric',
      details: { field: 'metrics', value: ' a = 3', position: 2 },
    });
    const texts = Array.from({ length: 21 }, (_, index) => `m${index} = fn`);
    await expect(metricsOf(...texts.slice(1))).resolves.toHaveLength(20);
    expect(await refusal(metricsOf(...texts))).toMatchObject({
      code: 'too_many_expressions',
      details: { field: 'metrics', limit: 20, actual: 21 },
    });
  });
});

describe('an expression with custom metrics', () => {
  it('takes over their trees', async () => {
    const vocabulary = await withMetrics('cost = 5*fn + fp');
    const expression = await parse('2*cost - fp', 'number', vocabulary);
    expect(expression.symbols).toEqual(['fn', 'fp']);
    expect(compile(expression).evaluate(new Map(Object.entries({ fn: 2, fp: 3 })))).toBe(23);
    expect((await refusal(parse('kost', 'number', vocabulary))).details.allowed).toContain('cost');
    expect((await refusal(parse('cost', 'boolean', vocabulary))).code).toBe('condition_expected');
  });

  it('counts all their nodes', async () => {
    const vocabulary = await withMetrics(`m = ${Array(25).fill('fn').join('+')}`);
    await expect(parse('m+m+m+m', 'number', vocabulary)).resolves.toBeDefined();
    expect(await refusal(parse('m+m+m+m+m', 'number', vocabulary))).toMatchObject({
      code: 'expression_too_long',
      details: { limit: 200 },
    });
  });
});

describe('parseObjective', () => {
  it.each<[text: string, direction: string, value: number]>([
    ['min(5*fn + fp)', 'min', 13],
    [' max( recall ) ', 'max', 0.75],
    ['min(max(fn, fp))', 'min', 3],
    ['max(-cost)', 'max', -13],
  ])('reads %j', async (text, direction, value) => {
    const vocabulary = await withMetrics('cost = 5*fn + fp');
    const objective = await parseObjective(text, 'threshold', vocabulary);
    expect(objective).toMatchObject({ text: text.trim(), direction });
    const scope = new Map(Object.entries({ fn: 2, fp: 3, recall: 0.75 }));
    expect(compile(objective.expression).evaluate(scope)).toBe(value);
  });

  it.each([
    'recall',
    'max(recall, fn)',
    'max(recall) + 1',
    '-max(recall)',
    '(max(recall))',
    'abs(recall)',
    '0.5',
    'maximum',
    'max(recall) > 0 ? 1 : 2',
  ])('rejects %j', async (text) => {
    const vocabulary = await withMetrics('maximum = max(recall)');
    expect(await refusal(parseObjective(text, 'threshold', vocabulary))).toMatchObject({
      code: 'objective_expected',
      details: { field: 'threshold', value: text, position: 1 },
    });
  });

  it.each<[text: string, code: string, position: number]>([
    ['max(foo)', 'unknown_name', 5],
    ['max(recall > 0.5)', 'number_expected', 5],
    ['max()', 'invalid_expression', 1],
  ])('rejects what is wrong within %j', async (text, code, position) => {
    const error = await refusal(parseObjective(text, 'threshold', VOCABULARY));
    expect(error).toMatchObject({ code, details: { position } });
  });
});

describe('parseSelect', () => {
  const names = [
    'recall',
    'log_loss',
    'brier',
    'brier_score',
    'brier_score_loss',
    'zero_one_loss',
    'loss_ratio',
    'train.log_loss',
  ];
  const vocabulary = { names: new Set(names) };

  it.each<[text: string, direction: string]>([
    ['recall', 'max'],
    [' recall ', 'max'],
    ['log_loss', 'min'],
    ['brier', 'min'],
    ['brier_score', 'min'],
    ['brier_score_loss', 'min'],
    ['zero_one_loss', 'min'],
    ['train.log_loss', 'min'],
    ['loss_ratio', 'max'],
    ['max(log_loss)', 'max'],
    ['min(recall - log_loss)', 'min'],
  ])('reads %j', async (text, direction) => {
    expect(await parseSelect(text, 'select', vocabulary)).toMatchObject({ text: text.trim(), direction });
  });

  it('rejects names that it does not know, and expressions without a direction', async () => {
    expect(await refusal(parseSelect('accuracy', 'select', vocabulary))).toMatchObject({
      code: 'unknown_name',
      details: { field: 'select', allowed: names },
    });
    for (const text of ['recall + log_loss', '5', '-recall'])
      expect((await refusal(parseSelect(text, 'select', vocabulary))).code).toBe('objective_expected');
  });

  it('rejects the bare name of a custom metric, which has no known direction', async () => {
    const custom = await withMetrics('cost = 5*fn + fp');
    expect(await refusal(parseSelect(' cost', 'select', custom))).toMatchObject({
      code: 'objective_expected',
      message: 'select has the custom metric "cost" at character 2: write min(cost) or max(cost).',
    });
    expect(await parseSelect('min(cost)', 'select', custom)).toMatchObject({ direction: 'min' });
  });
});

describe('parseGates', () => {
  it('reads conditions, and which of them only warn', async () => {
    const gates = await parseGates(
      ['recall > 0.8', ' warn: not worse(recall)', 'warn:fn<1'],
      'gate',
      VOCABULARY,
    );
    expect(gates).toMatchObject([
      { onlyWarns: false, expression: { text: 'recall > 0.8', kind: 'boolean' } },
      { onlyWarns: true, expression: { text: 'not worse(recall)', symbols: ['worse(recall)'] } },
      { onlyWarns: true, expression: { text: 'fn<1' } },
    ]);
  });

  it.each<[text: string, code: string, position: number]>([
    ['warn: foo > 1', 'unknown_name', 7],
    ['warn:', 'invalid_expression', 6],
    ['warn: recall', 'condition_expected', 7],
    ['Warn: fn > 1', 'invalid_expression', 1],
    ['warn: (fn > 1', 'invalid_expression', 13],
  ])('rejects %j', async (text, code, position) => {
    expect(await refusal(parseGates([text], 'gate', VOCABULARY))).toMatchObject({
      code,
      details: { position },
    });
  });

  it('rejects too many', async () => {
    const error = await refusal(parseGates(Array(21).fill('fn > 1'), 'gate', VOCABULARY));
    expect(error.code).toBe('too_many_expressions');
  });
});
