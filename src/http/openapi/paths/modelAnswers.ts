/** The answers to the examples of modelExamples.ts. Ids and times are made up. */

export const measured = {
  accuracy: 0.92,
  entropy: 0.52,
  precision: 1,
  recall: 0.83,
  model: {
    uri: 'models:/exams@champion',
    name: 'exams',
    version: '1',
    run_id: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27',
    id: null,
  },
  metrics: {
    test: {
      accuracy_score: 0.9166666666666666,
      precision_score: 1,
      recall_score: 0.8333333333333334,
      f1_score: 0.9090909090909091,
      log_loss: 0.5243838307839388,
      roc_auc: 1,
      score: 0.9166666666666666,
    },
  },
  intervals: {
    accuracy_score: [0.646120088858883, 0.9851349055950829],
    precision_score: [0.5655175352168251, 1],
    recall_score: [0.43649717781352987, 0.9699466302516935],
    log_loss: [0.46311855564998416, 0.5856491059178934],
    roc_auc: [1, 1],
    f1_score: [0.6666666666666666, 1],
  },
  data: { rows: 12, columns: 3, target: 'passed', digest: '797c894930274e3f740c3631c0d86ccf' },
  drift: [
    { column: 'hours', psi: 0.759776694425988, warning: true },
    { column: 'sleep', psi: 0.27465307216702745, warning: true },
  ],
  warnings: [
    {
      code: 'drifted_column',
      message:
        'Column "hours" has other values than in the training rows: its population stability index is 0.760, above 0.25.',
      column: 'hours',
    },
    {
      code: 'drifted_column',
      message:
        'Column "sleep" has other values than in the training rows: its population stability index is 0.275, above 0.25.',
      column: 'sleep',
    },
  ],
  timing_ms: { upload: 2.5, parse: 0.4, drift: 0.6, evaluate: 0.2, intervals: 3.1, log: null, total: 7.7 },
};

export const evaluation = {
  ...measured,
  experiment: { id: '1', name: 'Exams', url: null },
  run: {
    id: '5b0d7c1a2e3f4a5b8c9d0e1f2a3b4c5d',
    name: 'later',
    url: 'http://127.0.0.1:5000/#/experiments/1/runs/5b0d7c1a2e3f4a5b8c9d0e1f2a3b4c5d',
    experiment_id: '1',
  },
  tracking: {
    state: 'finished',
    delivery: {
      id: '9b2f3b1e-6f0c-4a57-8d3e-0c5a7f2d1e64',
      url: 'deliveries/9b2f3b1e-6f0c-4a57-8d3e-0c5a7f2d1e64',
    },
    last_error: null,
  },
  timing_ms: { upload: 2.5, parse: 0.4, drift: 0.6, evaluate: 0.2, intervals: 3.1, log: 180.2, total: 187.9 },
};

export const explained = {
  predictions: [
    [0.5160082140047446, 0.4839917859952554],
    [0.6741797225845836, 0.3258202774154164],
  ],
  contributions: {
    names: ['hours', 'sleep'],
    intercepts: [-0.3428358962404104],
    values: [
      [0.5349910789405152, -0.25620993118037605],
      [0, -0.38431489677056413],
    ],
  },
};

export const missingColumn = {
  type: 'docs/errors#missing_columns',
  title: 'Malformed request',
  status: 400,
  detail: 'The column "sleep" is missing: send every column that the model was trained on.',
  instance: '/invocations',
  code: 'missing_columns',
  column: 'sleep',
  allowed: ['hours', 'sleep'],
  error_code: 'INVALID_PARAMETER_VALUE',
  sqlstate: 'KAM01',
  error_class: 'SCHEMA_ENFORCEMENT_FAILED',
  message: 'The column "sleep" is missing: send every column that the model was trained on.',
};

export const wrongValue = {
  type: 'docs/errors#wrong_value',
  title: 'Malformed request',
  status: 400,
  detail: 'Row 2, column "hours", is not a number, as it was in training: correct the value.',
  instance: '/predict',
  code: 'wrong_value',
  row: 2,
  column: 'hours',
  error_code: 'INVALID_PARAMETER_VALUE',
  sqlstate: 'KAM01',
  error_class: 'SCHEMA_ENFORCEMENT_FAILED',
  message: 'Row 2, column "hours", is not a number, as it was in training: correct the value.',
};

export const modelInfo = {
  uri: 'models:/exams@champion',
  name: 'exams',
  version: '1',
  run_id: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27',
  id: null,
  target: 'passed',
  classes: [0, 1],
  positive: 1,
  threshold: 0.5,
  columns: [
    { name: 'hours', type: 'double', required: true, min: 1.5, max: 6.5 },
    { name: 'sleep', type: 'long', required: true, min: 5, max: 8 },
  ],
  trained: { digest: '797c894930274e3f740c3631c0d86ccf', train_rows: 8, test_rows: 4 },
};
