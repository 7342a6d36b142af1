import { describe, expect, test } from 'vitest';
import { recordEvaluation } from '../../../src/tracking/recordEvaluation.ts';
import type { RecordedTree } from '../../../src/tracking/tree.ts';
import type { EvaluatedRun } from '../../../src/values/run.ts';
import { Bench, QUARANTINE_MS, SHORT_TIMEOUT_MS } from './bench.ts';
import { expectWholeTrees } from './trees.ts';

const MLFLOW_3 = '3.17.2';
const MLFLOW_2 = '2.22.5';

function evaluation(overrides: Partial<EvaluatedRun> = {}): RecordedTree {
  const run: EvaluatedRun = {
    experimentName: 'Diabetes',
    runName: 'Evaluate-Run',
    tags: { team: 'a' },
    params: { model_uri: 'models:/m@champion', target: 'y' },
    fileName: 'later.csv',
    startTimeMs: 1_795_407_178_082,
    data: { rows: 3, digest: 'abc', columns: [{ name: 'a', type: 'long' }], target: 'y' },
    test: {
      accuracy_score: 0.75,
      precision_score: 0.5,
      recall_score: 0.25,
      f1_score: 0.3,
      log_loss: 0.6,
      roc_auc: Number.NaN,
      score: 0.75,
      cost: 7,
    },
    intervals: { accuracy_score: [0.25, 0.875] },
    warnings: ['drifted_column', 'drifted_column'],
    note: 'A note.',
    ...overrides,
  };
  return recordEvaluation(run, {});
}

describe('recordEvaluation', () => {
  const { tree, files } = evaluation({ modelId: 'm-1', gate: 'failed' });
  const [node] = tree.nodes;

  test('is one run without a model and without files', () => {
    expect(tree.nodes).toHaveLength(1);
    expect(files).toEqual([]);
    expect(node).not.toHaveProperty('model');
    expect(node).toMatchObject({
      name: 'Evaluate-Run',
      params: { model_uri: 'models:/m@champion', target: 'y' },
      inputs: [{ dataset: 0, context: 'test' }],
      measuredModelId: 'm-1',
    });
    expect(node.tags).toMatchObject({
      team: 'a',
      'mlflow.note.content': 'A note.',
      'trainpost.warnings': 'drifted_column',
      'trainpost.gate': 'failed',
    });
  });

  test('has the test metrics that are defined, on the data set', () => {
    const keys = node.metrics.map(({ key }) => key);
    expect(keys).toEqual(
      [
        'accuracy_score',
        'precision_score',
        'recall_score',
        'f1_score',
        'log_loss',
        'score',
        'cost',
        'accuracy_score_ci_low',
        'accuracy_score_ci_high',
      ].map((name) => `test_${name}`),
    );
    for (const { dataset } of node.metrics) expect(dataset).toBe(0);
    expect(tree.datasets).toMatchObject([{ name: 'later.csv', digest: 'abc' }]);
  });

  test('survives JSON', () => {
    expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
  });
});

describe.each([MLFLOW_3, MLFLOW_2])('an evaluation in MLflow %s', (version) => {
  test('has no model and no version', async () => {
    await using bench = await Bench.open({ version });
    const recorded = evaluation();
    const { logged } = await bench.acceptTree(recorded);
    await bench.untilDelivered();
    expectWholeTrees(bench.standIn, [recorded.tree]);
    const run = await logged;
    expect(Object.keys(run).sort()).toEqual(['experimentId', 'experimentUrl', 'runId', 'runName', 'runUrl']);
    expect(bench.standIn.store.models.size).toBe(0);
    expect(bench.standIn.registry.registered.size).toBe(0);
  });
});

/** The metrics and the inputs that MLflow was sent. */
async function sentTo(version: string) {
  await using bench = await Bench.open({ version });
  const { run } = await bench.log();
  const [modelId] = version === MLFLOW_3 ? [...bench.standIn.store.models.keys()] : ['m-1'];
  const from = bench.standIn.calls.length;
  await bench.acceptTree(evaluation({ modelId: modelId! }));
  await bench.untilDelivered();
  const calls = bench.standIn.calls.slice(from);
  const bodyOf = (name: string) => JSON.parse(calls.find((call) => call.name === name)!.body.toString());
  expect(run.modelVersion).toBe('1');
  return { modelId, batch: bodyOf('runs/log-batch'), inputs: bodyOf('runs/log-inputs') };
}

test('MLflow 3: the metrics belong to the model and the data set, and the model is an input', async () => {
  const { modelId, batch, inputs } = await sentTo(MLFLOW_3);
  expect(batch.metrics).toHaveLength(9);
  for (const metric of batch.metrics) {
    expect(metric).toMatchObject({ model_id: modelId, dataset_name: 'later.csv', dataset_digest: 'abc' });
  }
  expect(inputs.models).toEqual([{ model_id: modelId }]);
});

test('MLflow 2 knows no models of metrics', async () => {
  const { batch, inputs } = await sentTo(MLFLOW_2);
  for (const metric of batch.metrics) expect(metric).not.toHaveProperty('model_id');
  expect(inputs).not.toHaveProperty('models');
});

describe.concurrent.each([
  [MLFLOW_3, 'silent'],
  [MLFLOW_3, 'stuck'],
  [MLFLOW_3, 'late'],
  [MLFLOW_2, 'stuck'],
] as const)('MLflow %s', (version, fault) => {
  test(`the process ends at any call, which is ${fault}: one whole run`, async () => {
    const calls = await countCalls(version);
    expect(calls).toBeGreaterThan(4);
    for (let number = 1; number <= calls; number++) await crashAt(version, number, fault);
  });
});

async function countCalls(version: string): Promise<number> {
  await using bench = await Bench.open({ version });
  await bench.acceptTree(evaluation());
  await bench.untilDelivered();
  return bench.standIn.calls.length;
}

/** The process ends at the call of that number, before MLflow has carried it out or after. */
async function crashAt(version: string, number: number, fault: 'silent' | 'stuck' | 'late'): Promise<void> {
  let crash: () => void = () => {};
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  let isDead = false;
  await using bench = await Bench.open({
    version,
    callTimeoutMs: SHORT_TIMEOUT_MS,
    faultOf: () => {
      if (isDead || bench.standIn.calls.length < number) return undefined;
      isDead = true;
      crash();
      return fault;
    },
  });
  const recorded = evaluation();
  await bench.acceptTree(recorded);
  await crashed;
  await bench.crash();
  await bench.start();
  bench.clock.at(QUARANTINE_MS / 2, () => bench.standIn.landLate());
  await bench.untilDelivered();
  // A delivery that did not wait is over before the call lands.
  bench.standIn.landLate();
  expectWholeTrees(bench.standIn, [recorded.tree]);
}
