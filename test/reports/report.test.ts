import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/training/commandLine.ts';
import { parseFields } from '../../src/training/fields/parse.ts';
import { chosenOf } from '../../src/values/result.ts';
import { csvOf, reportOf } from './sample.ts';

describe('the numbers of a report', () => {
  it('are those of the result', async () => {
    const { data, result } = await reportOf({});
    const { test, train } = chosenOf(result);
    expect(data).toMatchObject({
      classes: ['0', '1'],
      positive: '1',
      counts: { test: test.confusion, train: train.confusion },
      confusion: {
        test: [
          [131, 12],
          [36, 52],
        ],
      },
      baseline: { label: '0', accuracy: 143 / 231 },
      data: { rows: 768, train_rows: 537, test_rows: 231, class_counts: [{ rows: 500 }, { rows: 268 }] },
      settings: { C: 1, max_iter: 100, class_weight: null },
      pipeline: "Pipeline(steps=[('scaler', MinMaxScaler()), ('model', LogisticRegression())])",
    });
    expect(data.metrics.find(({ name }) => name === 'roc_auc')?.test).toBe(test.metrics.roc_auc);
    const [curves] = data.curves.test!;
    expect(curves).toMatchObject({
      label: '1',
      positives: 88,
      negatives: 143,
      roc_auc: test.metrics.roc_auc,
    });
    expect(curves?.roc.tpr.at(-1)).toBe(1);
    expect(data.per_class.test?.[1]).toMatchObject({
      precision: test.metrics.precision_score,
      recall: test.metrics.recall_score,
      support: 88,
    });
  });

  it('give coefficients in the units of the file, also behind imputers and encoders', async () => {
    const { data, result } = await reportOf({});
    const [, scaler] = chosenOf(result).pipeline.steps[0]!;
    const [, model] = chosenOf(result).pipeline.steps[1]!;
    if (scaler.estimator !== 'MinMaxScaler' || model.estimator !== 'LogisticRegression') throw new Error();
    const glucose = data.coefficients.find(({ term }) => term === 'Glucose')!;
    const perUnit = model.fitted.coef[0]![1]! * scaler.fitted.scale[1]!;
    expect(glucose.per_unit).toBeCloseTo(perUnit, 14);
    expect(glucose.odds_ratio).toBeCloseTo(Math.exp(perUnit), 14);
    const std = result.data.summaries.find(({ name }) => name === 'Glucose')!.std;
    expect(glucose.per_std).toBeCloseTo(perUnit * std, 12);

    const mixed = Buffer.from(
      `size,colour,y\n${Array.from({ length: 60 }, (_, i) => `${i % 7 === 0 ? '' : i},${['red', 'blue'][i % 2]},${(i * 7) % 3 > 0 ? 1 : 0}`).join('\n')}\n`,
    );
    const other = (await reportOf({ missing: 'mean', target: 'y' }, mixed)).data;
    expect(other.coefficients.map(({ term }) => term)).toEqual(['size', 'colour=blue', 'colour=red']);
    // As `print` of scikit-learn 1.9.1 gives it.
    expect(other.pipeline.split('\n')).toEqual([
      "Pipeline(steps=[('columns',",
      '                 ColumnTransformer(sparse_threshold=0,',
      "                                   transformers=[('numeric',",
      "                                                  Pipeline(steps=[('imputer',",
      '                                                                   SimpleImputer()),',
      "                                                                  ('scaler',",
      '                                                                   MinMaxScaler())]),',
      "                                                  ['size']),",
      "                                                 ('categorical',",
      "                                                  Pipeline(steps=[('imputer',",
      "                                                                   SimpleImputer(strategy='most_frequent')),",
      "                                                                  ('imputer_none',",
      '                                                                   SimpleImputer(missing_values=None,',
      "                                                                                 strategy='most_frequent')),",
      "                                                                  ('imputer_empty',",
      "                                                                   SimpleImputer(missing_values='',",
      "                                                                                 strategy='most_frequent')),",
      "                                                                  ('encoder',",
      "                                                                   OneHotEncoder(handle_unknown='ignore',",
      '                                                                                 sparse_output=False))]),',
      "                                                  ['colour'])])),",
      "                ('model', LogisticRegression())])",
    ]);
  });

  it('put the positive class where the form says so', async () => {
    const { data } = await reportOf({ positive: '0' });
    expect(data.positive).toBe('0');
    expect(data.confusion.test).toEqual([
      [131, 12],
      [36, 52],
    ]);
    expect(data.curves.test?.[0]).toMatchObject({ label: '0', positives: 143 });
  });

  it('have a curve for each of three classes', async () => {
    const csv = csvOf(['a', 'b'], 300, ([a = 0, b = 0]) => (a < 0.4 ? 'x' : b < 0.5 ? 'y' : 'z'));
    const { data, result } = await reportOf({}, csv);
    expect(data.curves.test?.map(({ label }) => label)).toEqual(['x', 'y', 'z']);
    const matrix = data.confusion.test!;
    expect(matrix.flat().reduce((sum, count) => sum + count, 0)).toBe(data.data.test_rows);
    const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(right / data.data.test_rows).toBeCloseTo(chosenOf(result).test.metrics.accuracy_score, 14);
    expect(data.coefficients.map(({ label }) => label)).toEqual(['x', 'x', 'y', 'y', 'z', 'z']);
    expect(data.counts).toBeUndefined();
  });

  it('have the candidates of a sweep in order, with the deviation over the folds', async () => {
    const { data, result } = await reportOf({ C: '0.01,1,inf', cv: '3' });
    expect(data.sweep).toMatchObject({ select: 'log_loss', chosen: result.chosen });
    expect(data.sweep?.rows[0]).toMatchObject({ candidate: result.chosen, std: expect.any(Number) });
    expect(data.sweep?.rows.map(({ settings }) => settings['C'])).toEqual(
      expect.arrayContaining([0.01, 1, 'inf']),
    );
    expect(data.metrics[0]).toHaveProperty('cv_mean');
  });

  it('have the intervals of metrics, and the loss by iteration', async () => {
    const { data, result } = await reportOf({});
    const [low, high] = result.intervals!['roc_auc']!;
    expect(data.metrics.find(({ name }) => name === 'roc_auc')).toMatchObject({
      test_low: low,
      test_high: high,
    });
    expect(data.losses!.length).toBeGreaterThan(1);
    expect(data.losses).toEqual(chosenOf(result).losses);
  });

  it('have no curves, and the run no files of a report, with report=false', async () => {
    const { run, result } = await reportOf({ report: 'false' });
    expect(result.curves).toBeUndefined();
    expect(run.report).toBeUndefined();
    expect(run.files).toEqual([]);
  });

  it('become tables in a full report', async () => {
    const { run } = await reportOf({ report: 'full' });
    expect(run.report).toBe('full');
    expect(run.files?.map(({ path }) => path)).toEqual([
      'report.json',
      'tables/coefficients.csv',
      'tables/test_per_class.csv',
      'tables/training_per_class.csv',
      'tables/metrics.csv',
      'tables/test_thresholds.csv',
    ]);
    expect(run.files?.[1]?.text.split('\n')[0]).toBe('term,per_unit,per_std,odds_ratio');
  });
});

/** The fields of a command line, as a shell and curl read them. */
function fieldsOf(command: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const [, word] of command.matchAll(/-F ('(?:[^']|'\\'')*'|\S+)/g)) {
    const text = word!.startsWith("'") ? word!.slice(1, -1).replaceAll(`'\\''`, "'") : word!;
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text)!;
    if (name !== 'train_file') fields[name!] = [...(fields[name!] ?? []), value!];
  }
  return fields;
}

describe('the command line', () => {
  it.each([
    [{}],
    [
      {
        tol: '0.1,inf',
        max_iter: '50',
        class_weight: 'balanced,none',
        cv: '4',
        select: 'max(f1)',
        log_models: 'all',
      },
    ],
    [{ ignore: ['Age', "it's"], split: 'last', test_size: '50' }],
    [{ tags: ['team=a b', "why=it's; done"], registered_model: 'r', user: 'ada', missing: 'mean', sep: ' ' }],
    [{ gate: ['recall > 0.5', 'warn: low(roc_auc) > 0.7'], report: 'full' }],
    [{ metrics: ['cost = 5*fn + fp', 'gain = tp - fp'], threshold: 'min(cost)', split: 'column:part' }],
  ])('trains again what %j trains', (body) => {
    const fields = parseFields(body);
    const again = parseFields(fieldsOf(commandLine(fields, 'd.csv')));
    expect(again).toEqual(fields);
  });
});
