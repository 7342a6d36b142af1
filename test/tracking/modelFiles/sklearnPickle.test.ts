import { describe, expect, it } from 'vitest';
import { sklearnPickle } from '../../../src/tracking/modelFiles/sklearnPickle.ts';
import type { SolverName } from '../../../src/values/pipelineState.ts';
import { MODEL_CASES, modelCase, THRESHOLD_CASES } from './cases.ts';
import { COLUMN_CASES } from './columnCases.ts';

/** The imports and the texts of a pickle, in order. */
function read(bytes: Buffer): { globals: string[]; texts: string[] } {
  const OPERAND_BYTES: Record<string, number> = { '\x80': 1, J: 4, G: 8, '\x8a': 9 };
  const found = { globals: [] as string[], texts: [] as string[] };
  for (let at = 0; at < bytes.length; ) {
    const code = String.fromCharCode(bytes[at++]!);
    if (code === 'c') {
      const middle = bytes.indexOf('\n', at);
      const end = bytes.indexOf('\n', middle + 1);
      found.globals.push(bytes.toString('utf8', at, end).replace('\n', ' '));
      at = end + 1;
    } else if (code === 'X') {
      const end = at + 4 + bytes.readUInt32LE(at);
      found.texts.push(bytes.toString('utf8', at + 4, end));
      at = end;
    } else at += OPERAND_BYTES[code] ?? 0;
  }
  return found;
}

describe('sklearnPickle', () => {
  it.each(MODEL_CASES)('$name: names only what is public in every version', ({ pipeline }) => {
    expect(new Set(read(sklearnPickle(pipeline)).globals)).toEqual(
      new Set([
        'sklearn.pipeline Pipeline',
        'sklearn.preprocessing MinMaxScaler',
        'sklearn.linear_model LogisticRegression',
        'numpy array',
        'sklearn __version__',
      ]),
    );
  });

  it.each(COLUMN_CASES)('$name: names only what is public in every version', ({ pipeline }) => {
    const allowed = [
      'sklearn.pipeline Pipeline',
      'sklearn.compose ColumnTransformer',
      'sklearn.impute SimpleImputer',
      'sklearn.preprocessing MinMaxScaler',
      'sklearn.preprocessing OneHotEncoder',
      'sklearn.linear_model LogisticRegression',
      'numpy array',
      'numpy dtype',
      'builtins slice',
      'sklearn __version__',
    ];
    const { globals, texts } = read(sklearnPickle(pipeline));
    expect(globals.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(texts).not.toContain('sparse');
    expect(texts).not.toContain('force_int_remainder_cols');
  });

  it.each(THRESHOLD_CASES)('$name: names a class of scikit-learn 1.5 beside', ({ pipeline }) => {
    expect(new Set(read(sklearnPickle(pipeline)).globals)).toEqual(
      new Set([
        'sklearn.pipeline Pipeline',
        'sklearn.preprocessing MinMaxScaler',
        'sklearn.model_selection FixedThresholdClassifier',
        'sklearn.linear_model LogisticRegression',
        'numpy array',
        'sklearn __version__',
      ]),
    );
  });

  it('tells the columns to the steps that see a data frame', () => {
    const names = (name: string) => {
      const { texts } = read(sklearnPickle(COLUMN_CASES.find((one) => one.name === name)!.pipeline));
      return texts.filter((text) => text === 'feature_names_in_').length;
    };
    expect(names('numbers imputed by mean')).toBe(1);
    expect(names('text alone, imputed')).toBe(2);
    expect(names('numbers and text, imputed by mean')).toBe(3);
  });

  it('refuses a column transformer within another', () => {
    const { pipeline } = COLUMN_CASES.find(({ name }) => name === 'text alone, imputed')!;
    const [, inner] = pipeline.steps[0]!;
    if (inner.estimator !== 'ColumnTransformer') throw new Error('the first step splits the columns');
    const outer = { ...inner, transformers: [{ ...inner.transformers[0]!, transformer: inner }] };
    expect(() => sklearnPickle({ ...pipeline, steps: [['columns', outer]] })).toThrow(TypeError);
  });

  it.each(['penalty', 'multi_class', 'l1_ratio', 'verbose'])(
    'never writes %s, which came or went',
    (parameter) => {
      const { texts } = read(sklearnPickle(modelCase('plain').pipeline));
      expect(texts).toContain('max_iter');
      expect(texts).not.toContain(parameter);
    },
  );

  it.each<[SolverName, number, string]>([
    ['lbfgs', 2, 'lbfgs'],
    ['lbfgs', 3, 'lbfgs'],
    ['newton-cholesky', 2, 'newton-cholesky'],
    ['newton-cholesky', 3, 'lbfgs'],
    ['gradient-descent', 2, 'lbfgs'],
    ['gradient-descent', 3, 'lbfgs'],
  ])('%s with %d classes is %s in Python', (solver, nClasses, expected) => {
    const classes = Array.from({ length: nClasses }, (_, index) => index);
    const { texts } = read(sklearnPickle(modelCase('solver', { classes, model: { solver } }).pipeline));
    expect(texts[texts.indexOf('solver') + 1]).toBe(expected);
  });

  it('tells the columns to the first step only', () => {
    const { texts } = read(sklearnPickle(modelCase('plain').pipeline));
    expect(texts.filter((text) => text === 'feature_names_in_')).toHaveLength(1);
    expect(texts.indexOf('feature_names_in_')).toBeLessThan(texts.indexOf('model'));
  });
});
