import { describe, expect, test } from 'vitest';
import { recordTree } from '../../src/tracking/record.ts';
import type { RunTree } from '../../src/tracking/tree.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';
import type { TrackedRun } from '../../src/values/run.ts';
import { samplePipeline, sampleRun } from './sample.ts';

const ENV = { USER: 'ada', GIT_SHA: 'f00dfeed' };

const rootOf = (pipeline: PipelineState, run: TrackedRun) => recordTree(pipeline, run, ENV).tree.nodes[0];
const datasetsOf = (run: TrackedRun) => recordTree(samplePipeline(), run, ENV).tree.datasets;
const datasetOf = (run: TrackedRun) => datasetsOf(run)[0]!;

describe('a record', () => {
  test('has params of the pipeline as autolog writes them, and those of the run', () => {
    const pipeline = samplePipeline({ C: 1e-5, maxIter: 50, classWeight: 'balanced' });
    const model = "LogisticRegression(C=1e-05, class_weight='balanced', max_iter=50)";
    expect(rootOf(pipeline, sampleRun()).params).toEqual({
      C: '1e-05',
      max_iter: '50',
      steps: `[('scaler', MinMaxScaler()), ('model', ${model})]`,
      scaler: 'MinMaxScaler()',
      model,
      memory: 'None',
      transform_input: 'None',
      verbose: 'False',
      scaler__copy: 'True',
      model__dual: 'False',
      model__fit_intercept: 'True',
      model__intercept_scaling: '1',
      model__l1_ratio: '0.0',
      model__n_jobs: 'None',
      model__penalty: 'deprecated',
      model__random_state: 'None',
      model__verbose: '0',
      model__warm_start: 'False',
      scaler__clip: 'False',
      scaler__feature_range: '(0, 1)',
      model__C: '1e-05',
      model__class_weight: 'balanced',
      model__max_iter: '50',
      model__solver: 'lbfgs',
      model__tol: '0.0001',
      test_size: '0.3',
      random_state: '123',
      stratify: 'False',
    });
  });

  test('has the ends of the intervals beside the test metrics', () => {
    const run = sampleRun({ intervals: { recall_score: [0.25, 0.75], roc_auc: [0.5, Number.NaN] } });
    const ends = rootOf(samplePipeline(), run).metrics.filter(({ key }) => key.includes('_ci_'));
    const plain = rootOf(samplePipeline(), run).metrics.find(({ key }) => key === 'test_recall_score');
    expect(ends).toEqual([
      { key: 'test_recall_score_ci_low', value: 0.25, step: 0, dataset: plain?.dataset },
      { key: 'test_recall_score_ci_high', value: 0.75, step: 0, dataset: plain?.dataset },
      { key: 'test_roc_auc_ci_low', value: 0.5, step: 0, dataset: plain?.dataset },
    ]);
  });

  test.each([
    ['passed', { registeredAs: 'R', alias: 'champion', description: 'note' }],
    ['failed', {}],
  ] as const)('whose gates have %s says so, and is registered or not', (gate, registration) => {
    const asked = { registeredModelName: 'R', alias: 'champion', note: 'note', gate };
    const { tags, model } = rootOf(samplePipeline(), sampleRun(asked));
    expect(tags['trainpost.gate']).toBe(gate);
    const { facts: _, name: __, ...rest } = model!;
    expect(rest).toEqual(registration);
  });

  test('without gates has no tag of them', () => {
    expect(rootOf(samplePipeline(), sampleRun()).tags).not.toHaveProperty('trainpost.gate');
  });

  test('prints a scaler that is not the default one', () => {
    const pipeline = samplePipeline();
    const [name, state] = pipeline.steps[0]!;
    if (state.estimator !== 'MinMaxScaler') throw new Error('the first step is the scaler');
    const scaler = { ...state, params: { featureRange: [-1, 0.5] as const, clip: true } };
    const { params } = rootOf({ ...pipeline, steps: [[name, scaler], pipeline.steps[1]!] }, sampleRun());
    expect(params['scaler']).toBe('MinMaxScaler(clip=True, feature_range=(-1, 0.5))');
    expect(params['scaler__feature_range']).toBe('(-1, 0.5)');
  });

  test('has the rounded metrics, and both sets at full precision but for an undefined one', () => {
    const run = sampleRun();
    const test = { ...run.test, roc_auc: Number.NaN };
    const root = rootOf(samplePipeline(), { ...run, test });
    const metrics = Object.fromEntries(root.metrics.map(({ key, value }) => [key, value]));
    expect(new Set(root.metrics.map(({ step }) => step))).toEqual(new Set([0]));
    expect(metrics).toMatchObject({ accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 });
    expect(metrics['training_roc_auc']).toBe(run.training.roc_auc);
    expect(metrics['test_log_loss']).toBe(run.test.log_loss);
    expect(metrics).not.toHaveProperty('test_roc_auc');
    expect(Object.keys(metrics)).toHaveLength(4 + 7 + 6);
  });

  test('has the training rows and the test rows as inputs, and each metric with its part', () => {
    const run = sampleRun();
    const root = rootOf(samplePipeline(), run);
    expect(root.inputs).toEqual([
      { dataset: 0, context: 'train' },
      { dataset: 1, context: 'test' },
    ]);
    const profiles = datasetsOf(run).map(({ profile }) => JSON.parse(profile));
    expect(profiles.map(({ num_rows, num_elements }) => [num_rows, num_elements])).toEqual([
      [537, 4833],
      [231, 2079],
    ]);
    expect(new Set(datasetsOf(run).map(({ digest }) => digest)).size).toBe(2);
    const partOf = Object.fromEntries(root.metrics.map(({ key, dataset }) => [key, dataset]));
    expect(partOf).toMatchObject({ accuracy: 1, training_log_loss: 0, test_log_loss: 1 });
    expect(root.metrics.every(({ dataset }) => dataset !== undefined)).toBe(true);
  });

  test('has the loss of each iteration as a step, for the training rows, also of a child', () => {
    const losses = [0, 1, 2, 9].map((iteration) => ({ iteration, loss: 0.7 - iteration / 100 }));
    const steps = losses.map(({ iteration, loss }) => ({
      key: 'training_loss',
      value: loss,
      step: iteration,
    }));
    const run = sampleRun();
    const child = { name: 'C=1', params: {}, pipeline: samplePipeline(), logsModel: false };
    const children = [{ ...child, outcome: { ...run, losses } }];
    const { tree } = recordTree(samplePipeline(), sampleRun({ losses, children }), ENV);
    const lossesOf = (node: number) => tree.nodes[node]!.metrics.filter(({ key }) => key === 'training_loss');
    expect(lossesOf(0)).toEqual(steps.map((step) => ({ ...step, dataset: 0 })));
    expect(lossesOf(1)).toEqual(steps);
  });

  test('describes the data set', () => {
    const dataset = datasetOf(sampleRun());
    expect(dataset).toMatchObject({
      name: 'diabetes größe.csv',
      digest: sampleRun().parts[0]!.digest,
      source_type: 'local',
      source: '{"uri":"diabetes größe.csv"}',
    });
    const { mlflow_colspec: columns } = JSON.parse(dataset.schema);
    expect(columns[5]).toEqual({ type: 'double', name: 'BMI', required: true });
    expect(columns[8]).toEqual({ type: 'long', name: 'Outcome', required: true });
    expect(JSON.parse(dataset.profile)).toMatchObject({
      num_columns: 9,
      target: 'Outcome',
      file: {
        digest: '0123456789abcdef0123456789abcdef',
        num_rows: 768,
        class_counts: [
          { label: 0, count: 500 },
          { label: 1, count: 268 },
        ],
        summary: [{ name: 'Glucose', quartiles: [99, 117, 140.25] }],
      },
    });
  });

  test('describes a test file by its own name, digest, rows and columns', () => {
    const [train, test] = sampleRun().parts;
    const digest = 'fedcba9876543210fedcba9876543210';
    const columns = [
      { name: 'Outcome', type: 'long' as const },
      { name: 'BMI', type: 'double' as const, missing: true },
      { name: 'note', type: 'string' as const },
    ];
    const file = { fileName: 'später.csv', rows: 231, digest, columns };
    const run = sampleRun({ parts: [train!, { ...test!, digest, file }] });
    const [ofTraining, ofTest] = datasetsOf(run);
    expect(ofTraining).toEqual(datasetsOf(sampleRun())[0]);
    expect(ofTest).toEqual({
      name: 'später.csv',
      digest,
      source_type: 'local',
      source: '{"uri":"später.csv"}',
      schema: JSON.stringify({
        mlflow_colspec: [
          { type: 'long', name: 'Outcome', required: true },
          { type: 'double', name: 'BMI', required: false },
          { type: 'string', name: 'note', required: true },
        ],
      }),
      profile: '{"num_rows":231,"num_elements":693,"num_columns":3,"target":"Outcome"}',
    });
    expect(rootOf(samplePipeline(), run).inputs).toEqual(rootOf(samplePipeline(), sampleRun()).inputs);
  });

  test('describes columns with missing cells as pandas reads them', () => {
    const columns = [
      { name: 'Age', type: 'long' as const, missing: true },
      { name: 'city', type: 'string' as const, missing: true },
    ];
    const run = sampleRun({ dataset: { ...sampleRun().dataset, columns } });
    expect(JSON.parse(datasetOf(run).schema)).toEqual({
      mlflow_colspec: [
        { type: 'double', name: 'Age', required: false },
        { type: 'string', name: 'city', required: false },
      ],
    });
  });

  test('bounds the name of the data set', () => {
    const run = sampleRun({ fileName: 'x'.repeat(600) });
    expect(datasetOf(run).name).toHaveLength(500);
  });

  test('has MLflow’s tags, the caller’s, and an id of its own that nobody can take away', () => {
    const run = sampleRun({ tags: { team: 'clinic', 'trainpost.request_id': 'mine' } });
    const [one, two] = [0, 1].map(() => recordTree(samplePipeline(), run, ENV).tree);
    expect(one!.nodes[0].tags).toEqual({
      'mlflow.user': 'ada',
      'mlflow.source.name': 'trainpost',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.commit': 'f00dfeed',
      estimator_name: 'Pipeline',
      estimator_class: 'sklearn.pipeline.Pipeline',
      team: 'clinic',
      'trainpost.converged': 'true',
      'trainpost.iterations': '9',
      'trainpost.request_id': one!.requestId,
    });
    expect(one!.requestId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(one!.requestId).not.toBe(two!.requestId);
  });

  test('has the user and the commit that the client names', () => {
    const run = sampleRun({ user: 'dora', gitCommit: 'c0ffee' });
    const { tree } = recordTree(samplePipeline(), run, ENV);
    const named = { 'mlflow.user': 'dora', 'mlflow.source.git.commit': 'c0ffee' };
    expect(tree).toMatchObject({ user: 'dora', systemTags: named });
    expect(tree.nodes[0].tags).toMatchObject(named);
  });

  test('survives JSON, and freezes the time', () => {
    const before = Date.now();
    const { tree } = recordTree(samplePipeline(), sampleRun({ alias: 'champion' }), ENV);
    expect(JSON.parse(JSON.stringify(tree)) as RunTree).toEqual(tree);
    const [root] = tree.nodes;
    expect(root.startTimeMs).toBe(1_795_407_178_082);
    expect(root.endTimeMs).toBeGreaterThanOrEqual(before);
    expect(root.endTimeMs).toBeLessThanOrEqual(Date.now());
    expect(root.model?.alias).toBe('champion');
  });
});
