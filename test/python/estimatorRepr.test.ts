import { describe, expect, test } from 'vitest';
import { pyList, pyRepr, pyTuple } from '../../src/python/estimatorRepr.ts';

/** scikit-learn 1.9.1 printed each expected text. */
describe('pyRepr', () => {
  test.each([
    [[], 'LogisticRegression()'],
    [['C=0.5', 'max_iter=50'], 'LogisticRegression(C=0.5, max_iter=50)'],
    [
      ["class_weight='balanced'", 'max_iter=1000000', 'tol=0.12345678901234566'],
      "LogisticRegression(class_weight='balanced', max_iter=1000000,\n" +
        '                   tol=0.12345678901234566)',
    ],
    [
      ['C=123456789.12345678', 'max_iter=1000000', "solver='newton-cholesky'"],
      'LogisticRegression(C=123456789.12345678, max_iter=1000000,\n' +
        "                   solver='newton-cholesky')",
    ],
    [
      ['C=1e-05', 'max_iter=1000000', "solver='newton-cholesky'", 'tol=1e-10'],
      "LogisticRegression(C=1e-05, max_iter=1000000, solver='newton-cholesky',\n" +
        '                   tol=1e-10)',
    ],
    [
      [
        'C=123456789.12345678',
        "class_weight='balanced'",
        'max_iter=1000000',
        "solver='newton-cholesky'",
        'tol=0.12345678901234566',
      ],
      "LogisticRegression(C=123456789.12345678, class_weight='balanced',\n" +
        "                   max_iter=1000000, solver='newton-cholesky',\n" +
        '                   tol=0.12345678901234566)',
    ],
  ])('%j', (args, repr) => {
    const named = args.map((arg) => ({ name: arg.split('=')[0]!, value: arg.split('=')[1]! }));
    expect(pyRepr({ className: 'LogisticRegression', args: named })).toBe(repr);
  });

  test('leaves room for the closing brackets after an estimator', () => {
    const args = [
      { name: 'C', value: '1e-05' },
      { name: 'class_weight', value: "'balanced'" },
    ];
    const step = pyTuple("'sssss'", { className: 'LogisticRegression', args });
    expect(pyRepr({ className: 'Pipeline', args: [{ name: 'steps', value: pyList([step]) }] })).toBe(
      "Pipeline(steps=[('sssss',\n                 LogisticRegression(C=1e-05, class_weight='balanced'))])",
    );
  });

  test('prints a list on one line, and a tuple of one with its comma', () => {
    expect(pyRepr(pyList([pyTuple('1'), { text: "it's" }, pyList([])]))).toBe('[(1,), "it\'s", []]');
  });
});
