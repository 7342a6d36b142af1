import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { REQUEST_ID_TAG, type RunTree, requestIdOf } from '../../src/tracking/tree.ts';
import { type Fault, faultyProxy } from '../support/faultyProxy.ts';
import { byKey, experimentOf, type Json, mlflowGet, modelVersionsOf, runsOf } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { PATIENCE_MS } from '../support/service.ts';
import { SpooledLog } from '../support/spooledLog.ts';
import { sampleTree } from '../tracking/delivery/trees.ts';

const CHILDREN = 20;
/** Timeout and quarantine: a call that is not harmed takes effect within both together, also on a busy machine. */
const TIMEOUT_MS = 10_000;
const QUARANTINE_MS = 10_000;
/** One of this many calls meets a fault. */
const FAULT_EVERY = 23;
/** Later calls meet no fault, because each failure makes the next try wait longer. */
const HARMED_CALLS = 120;
const FAULTS: readonly Fault[] = ['lost', 'cut', 503, 'silent'];

const mlflow = await mlflowServers();

describe.skipIf(mlflow === null).each([
  { major: 3, url: mlflow?.mlflow3 ?? '' },
  { major: 2, url: mlflow?.mlflow2 ?? '' },
])('a tree of runs in MLflow $major', ({ url }) => {
  const newTree = () => {
    const experimentName = `tree ${randomUUID()}`;
    return sampleTree(CHILDREN, { experimentName, registeredModelName: experimentName });
  };

  async function expectWhole(tree: RunTree) {
    const { experiment_id: experimentId } = await experimentOf(url, tree.experimentName);
    const runs = await runsOf(url, experimentId);
    const tagOf = ({ data }: Json) => byKey(data.tags)[REQUEST_ID_TAG];
    expect(runs.map(tagOf).sort()).toEqual(tree.nodes.map(({ key }) => requestIdOf(tree, key)).sort());
    const rootId = runs.find((run) => tagOf(run) === tree.requestId).info.run_id;
    for (const node of tree.nodes) {
      const { key, status = 'FINISHED', name, params, metrics, artifacts, model } = node;
      const { info, data, inputs } = runs.find((run) => tagOf(run) === requestIdOf(tree, key));
      const { run_id: runId } = info;
      expect(info).toMatchObject({ status, run_name: name, lifecycle_stage: 'active' });
      expect(byKey(data.tags)['mlflow.parentRunId']).toBe(key === 'root' ? undefined : rootId);
      expect(byKey(data.params)).toEqual(params);
      const last = new Map(metrics.map((metric) => [metric.key, metric.value]));
      expect(byKey(data.metrics)).toEqual(Object.fromEntries(last));
      expect(inputs.dataset_inputs).toHaveLength(node.inputs.length);
      const steps = metrics
        .filter((metric) => metric.key === 'accuracy')
        .map(({ value, step }) => [step, value]);
      if (steps.length > 0) {
        const path = `mlflow/metrics/get-history?run_id=${runId}&metric_key=accuracy`;
        const { metrics: history } = await mlflowGet(url, path);
        expect(history.map((one: Json) => [one.step, one.value])).toEqual(steps);
      }
      const { files = [] } = await mlflowGet(url, `mlflow/artifacts/list?run_id=${runId}`);
      const names = files.map(({ path }: Json) => path);
      for (const path of artifacts) expect(names).toContain(path.split('/')[0]);
      if (key === 'root') {
        const versions = await modelVersionsOf(url, model!.registeredAs!);
        expect(versions.map(({ run_id }) => run_id)).toEqual([runId]);
      }
    }
  }

  test('is whole, and has each run once', async () => {
    await using log = await SpooledLog.open({ trackingUri: url, timeoutMs: PATIENCE_MS });
    const recorded = newTree();
    const accepted = await log.deliveries.acceptTree(recorded, { answer: {} });
    await accepted.logged;
    await expectWhole(recorded.tree);
  });

  test('is whole, and has each run once, under faults and with a process that ends in the middle', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'trainpost-spool-'));
    let calls = 0;
    await using proxy = await faultyProxy(url, ({ path }) => {
      calls++;
      if (path.endsWith('/version') || calls > HARMED_CALLS || calls % FAULT_EVERY !== 0) return undefined;
      return FAULTS[(calls / FAULT_EVERY) % FAULTS.length];
    });
    const options = { trackingUri: proxy.url, timeoutMs: TIMEOUT_MS, quarantineMs: QUARANTINE_MS, dir };
    const recorded = newTree();
    {
      await using log = await SpooledLog.open(options);
      await log.deliveries.acceptTree(recorded, { answer: {} });
      while (calls < 50) await sleep(5);
    }
    await using log = await SpooledLog.open(options);
    while (log.spool.stats().pending > 0) await sleep(50);
    await expectWhole(recorded.tree);
    await rm(dir, { recursive: true });
  });
});
