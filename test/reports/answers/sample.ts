import type { Summary } from '../../../src/reports/answers/summary.ts';
import { HOSTILE_NAMES } from './hostile.ts';

/** An answer with everything that a training can say. */
export const FULL: Summary = {
  kind: 'training',
  experiment: 'Diabetes',
  registeredModel: 'Diabetes',
  verdict: [
    'The model finds 52 of 88 test rows of class \u20681\u2069.',
    'The accuracy is 0.7922, 17.3 points better than always saying \u20680\u2069 (0.6190).',
  ],
  run: { name: 'nightly', id: '75047c46', url: 'http://mlflow/#/experiments/1/runs/75047c46' },
  model: { name: 'Diabetes', version: '4', url: 'http://mlflow/#/models/Diabetes/versions/4' },
  isPending: false,
  gate: {
    state: 'passed',
    gates: [
      {
        expression: 'low(recall) > 0.4 and not worse(roc_auc)',
        state: 'passed',
        values: { 'low(recall)': 0.4865, 'worse(roc_auc)': false },
      },
      { expression: 'warn: precision > 0.9', state: 'warned', values: { precision: 0.8125 } },
    ],
  },
  metrics: [
    {
      name: 'recall_score',
      test: 0.5909,
      interval: [0.4865, 0.6877],
      train: 0.4556,
      champion: 0.5568,
      difference: { difference: 0.0341, low: -0.0114, high: 0.0795, p: 0.25 },
      verdict: 'no_difference',
    },
    {
      name: 'roc_auc',
      test: 0.8607,
      interval: [0.8114, 0.91],
      train: 0.8223,
      champion: 0.8101,
      difference: { difference: 0.0506, low: 0.0102, high: 0.091, p: 0.014 },
      verdict: 'better',
    },
    { name: 'cost', test: null, train: 540, champion: null },
  ],
  champion: { uri: 'models:/Diabetes@champion', version: '3' },
  changes: [
    { what: 'C', champion: '1', now: '0.5' },
    { what: 'columns that the other lacks', champion: 'none', now: 'Glucose, BMI' },
  ],
  confusion: {
    classes: ['0', '1'],
    rows: [
      [131, 12],
      [36, 52],
    ],
  },
  roc: [0.17, 0.625, 0.852, 0.955, 0.989, 1],
  settings: { C: 0.5, class_weight: null },
  data: [
    ['file', 'diabetes.csv'],
    ['rows', 768],
  ],
  warnings: [
    {
      code: 'champion_saw_rows',
      message: 'The champion was trained on other rows of the same file. Its metrics may be too good.',
    },
  ],
  command: 'curl "$TRAINPOST_URL/train" \\\n  -F train_file=@diabetes.csv \\\n  -F C=0.5',
  seconds: 0.24,
};

/** A sweep without gates that MLflow does not have yet. */
export const SWEEP: Summary = {
  kind: 'training',
  experiment: 'Diabetes',
  verdict: [],
  run: { name: 'sweep', id: null, url: null },
  model: { name: 'Diabetes_sweep', version: null, url: null },
  isPending: true,
  metrics: [{ name: 'log_loss', test: 0.4522, train: 0.4818, mean: 0.502, std: 0.0287 }],
  sweep: {
    select: 'log_loss',
    best: 1,
    rows: [
      { candidate: 1, settings: { C: 10, solver: 'lbfgs' }, value: 0.502 },
      { candidate: 0, settings: { C: 0.1, solver: 'lbfgs' }, value: 0.5855 },
      { candidate: 2, settings: { C: 'inf', solver: 'lbfgs' }, value: null, problem: 'separable' },
    ],
  },
  data: [['rows', 768]],
  warnings: [],
};

/** An evaluation whose promotion failed. */
export const EVALUATION: Summary = {
  kind: 'evaluation',
  experiment: 'Diabetes',
  registeredModel: 'Diabetes',
  problem: {
    status: 422,
    code: 'gate_failed',
    title: 'A gate failed',
    detail: 'A gate does not hold, so no alias moves, and the run is logged all the same: recall > 0.9.',
    help: [['field', 'gate']],
    isAll: false,
  },
  verdict: ['The accuracy is 0.7000.'],
  model: { name: 'models:/Diabetes/4', version: '4', url: null },
  isPending: false,
  gate: {
    state: 'failed',
    gates: [{ expression: 'recall > 0.9', state: 'failed', values: { recall: 0.6 } }],
  },
  metrics: [{ name: 'recall_score', test: 0.6, interval: [0.5, 0.7] }],
  promotion: { name: 'Diabetes', alias: 'champion', version: null },
  drift: [
    { column: 'Age', psi: 0.01, warning: false },
    { column: 'BMI', psi: 0.4, warning: true },
  ],
  data: [['rows', 231]],
  warnings: [{ code: 'drifted_column', message: 'The column "BMI" has drifted.', column: 'BMI' }],
};

/** A form that was refused. */
export const REFUSAL: Summary = {
  kind: 'training',
  experiment: 'Default',
  problem: {
    status: 422,
    code: 'not_a_number',
    title: 'Cannot be trained as asked',
    detail: 'The column "Age" has "old" in row 7: correct the cell, or leave the column out with ignore.',
    help: [
      ['row', '7'],
      ['column', 'Age'],
    ],
    isAll: true,
  },
  verdict: [],
  isPending: false,
  metrics: [],
  data: [],
  warnings: [],
};

/** A name of a file with 200 columns, all of which are hostile. */
const nameOf = (i: number) =>
  `${HOSTILE_NAMES[i % HOSTILE_NAMES.length]}${i < HOSTILE_NAMES.length ? '' : i}`;

/** An answer in which every text that a client can choose is hostile, and every list is long. */
export const HOSTILE: Summary = {
  ...FULL,
  experiment: HOSTILE_NAMES[2]!,
  registeredModel: HOSTILE_NAMES[3]!,
  problem: {
    ...REFUSAL.problem!,
    detail: HOSTILE_NAMES.join(' '),
    help: HOSTILE_NAMES.map((name) => ['value', name]),
  },
  verdict: HOSTILE_NAMES.map((name) => `The model finds 1 of 2 rows of class \u2068${name}\u2069.`),
  run: { name: HOSTILE_NAMES[1]!, id: null, url: 'javascript:alert(1)' },
  model: { name: HOSTILE_NAMES[4]!, version: '1', url: 'http://mlflow/#/models/a|b>c`d' },
  gate: {
    state: 'failed',
    gates: Array.from({ length: 60 }, (_, i) => ({
      expression: nameOf(i),
      state: 'failed',
      values: { [nameOf(i)]: i / 60, other: null },
    })),
  },
  metrics: Array.from({ length: 60 }, (_, i) => ({ name: nameOf(i), test: i, train: null })),
  changes: HOSTILE_NAMES.map((name) => ({ what: 'columns', champion: name, now: name })),
  promotion: { name: HOSTILE_NAMES[5]!, alias: HOSTILE_NAMES[7]!, version: '1' },
  drift: Array.from({ length: 200 }, (_, i) => ({ column: nameOf(i), psi: i, warning: true })),
  sweep: {
    select: HOSTILE_NAMES[0]!,
    best: 0,
    rows: HOSTILE_NAMES.map((name, candidate) => ({ candidate, settings: { C: name }, value: candidate })),
  },
  confusion: { classes: HOSTILE_NAMES, rows: HOSTILE_NAMES.map(() => HOSTILE_NAMES.map(() => 1)) },
  data: HOSTILE_NAMES.map((name) => ['file', name]),
  warnings: Array.from({ length: 200 }, (_, i) => ({
    code: 'looks_like_numbers',
    message: `The column ${nameOf(i)} is odd: look at ${nameOf(i)}.`,
  })),
  command: HOSTILE_NAMES.join('\n'),
};
