import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProblemError, type RunsAnswer, Trainpost } from '../../src/client.ts';
import { readConfig } from '../../src/config/index.ts';
import { createLogger } from '../../src/log/logger.ts';
import { type Service, startService } from '../../src/service.ts';
import { mlflowPost } from '../support/mlflowApi.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { THREAD } from '../support/service.ts';

const mlflow = await mlflowServers();
/** Longest wait for MLflow, in seconds. */
const PATIENCE_S = 300;

describe.skipIf(mlflow === null).each(['mlflow3', 'mlflow2'] as const)('runs in %s', (server) => {
  const experiment = `Runs of "it's" ${process.pid}`;
  const model = `runs-${process.pid}`;
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-runs-'));
  let service: Service;
  let client: Trainpost;
  let strong: string;
  let weak: string;

  beforeAll(async () => {
    const config = readConfig({
      PORT: '0',
      MLFLOW_TRACKING_URI: mlflow?.[server],
      SPOOL_DIR: join(dir, 'spool'),
      TEMP_DIR: join(dir, 'temp'),
    });
    service = await startService(config, createLogger('silent'), THREAD);
    client = new Trainpost(service.url);
    const sample = await client.sample();
    const train = async (fields: Parameters<Trainpost['train']>[1]) => {
      const names = { exp_name: experiment, registered_model: model };
      const { run } = await client.train(sample, { ...names, ...fields }, { waitS: PATIENCE_S });
      return run.id ?? '';
    };
    strong = await train({ run_name: 'strong', tol: 1, alias: 'champion', tags: { team: '=a' } });
    weak = await train({ run_name: 'weak', tol: 0.0001, report: false });
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(dir, { recursive: true });
  });

  const names = ({ runs }: RunsAnswer) => runs.map(({ name }) => name);
  const fault = (asked: Promise<unknown>) => asked.catch(({ problem }: ProblemError) => problem);

  it('are found in their experiment, the newest first', async () => {
    const answer = await client.runs({ experiment });
    expect(names(answer)).toEqual(['weak', 'strong']);
    const [second, first] = answer.runs;
    expect(first).toMatchObject({
      id: strong,
      status: 'FINISHED',
      parent_id: null,
      tags: { team: '=a', 'trainpost.converged': 'true', 'trainpost.report': 'page' },
      report: `runs/${strong}/report`,
    });
    expect(first?.url).toMatch(new RegExp(`/runs/${strong}\\?workflowType=machine_learning$`));
    expect(first?.metrics['test_roc_auc']).toBeGreaterThan(0.7);
    expect(Object.keys(first?.tags ?? {}).filter((key) => /^mlflow|request_id/.test(key))).toEqual([]);
    expect(second).toMatchObject({ id: weak, report: null, params: { C: '0.0001' } });
    expect(Date.parse(first?.ended_at ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.started_at ?? ''));
  });

  it("are filtered, ordered and paged in MLflow's syntax", async () => {
    const filter = "params.C = '1.0' and metrics.test_accuracy_score > 0.1";
    expect(names(await client.runs({ experiment, filter }))).toEqual(['strong']);
    const query = { experiment, orderBy: 'metrics.test_log_loss ASC', max: 1 } as const;
    const first = await client.runs(query);
    expect(names(first)).toEqual(['strong']);
    const second = await client.runs({ ...query, page: first.next_page ?? '' });
    expect(names(second)).toEqual(['weak']);
    // MLflow 2 may announce another page after the last page.
    const rest =
      second.next_page === null ? [] : names(await client.runs({ ...query, page: second.next_page }));
    expect(rest).toEqual([]);
    const csv = await client.runsCsv({ experiment, orderBy: 'attributes.run_name ASC' });
    expect(csv.split('\n').map((line) => line.split(',')[1])).toEqual(['name', 'strong', 'weak', undefined]);
    expect(csv).toContain(`"'=a"`);
  });

  it.each([
    [{ filter: 'foo' }, 'filter', 'foo'],
    [{ filter: "metrics.test_accuracy_score > 'high'" }, 'filter', 'numeric'],
    [{ filter: "params.C = '1.0'", orderBy: 'foo bar' }, 'order_by', 'foo bar'],
    [{ page: 'foo', filter: "params.C = '1.0'" }, 'page', 'page token'],
  ])('%j is 400 in the words of MLflow', async (query, field, words) => {
    const problem = await fault(client.runs({ experiment, ...query }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_search', field });
    expect((problem as { detail: string }).detail).toContain(words);
  });

  it('have experiments, which are found too', async () => {
    const filter = `name LIKE 'Runs of "it%'`;
    const { experiments } = await client.experiments({ filter, orderBy: 'name ASC' });
    expect(experiments.find(({ name }) => name === experiment)?.created_at).toMatch(/^20\d\d-/);
    const first = await client.experiments({ max: 1 });
    expect(first.experiments).toHaveLength(1);
    const second = await client.experiments({ max: 1, page: first.next_page ?? '' });
    expect(second.experiments[0]?.id).not.toBe(first.experiments[0]?.id);
    expect(await fault(client.experiments({ orderBy: 'foo' }))).toMatchObject({
      status: 400,
      field: 'order_by',
    });
    expect(await fault(client.runs({ experiment: 'nobody has this' }))).toMatchObject({
      code: 'no_such_experiment',
    });
  });

  it('have reports, if they were trained with one', async () => {
    const report = await client.report(strong);
    expect(report).toMatchObject({ version: 1, experiment, run: 'strong', target: 'Outcome' });
    expect(report.curves.test?.[0]?.roc.fpr.length).toBeGreaterThan(10);
    expect(await fault(client.report(weak))).toMatchObject({ status: 404, code: 'no_report' });
    expect(await fault(client.report('0'.repeat(32)))).toMatchObject({ status: 404, code: 'no_such_run' });
  });

  it('have models, whose columns are known', async () => {
    const { runs } = await client.runs({ experiment, filter: "attributes.run_name = 'strong'" });
    const byRun = await client.model({ model: runs[0]?.model_uri ?? '' });
    const byAlias = await client.model({ model: `models:/${model}@champion` });
    expect(byAlias).toMatchObject({
      name: model,
      run_id: strong,
      classes: [0, 1],
      positive: 1,
      threshold: 0.5,
    });
    expect(byRun.columns).toEqual(byAlias.columns);
    expect(byAlias.columns.map(({ name }) => name)).toHaveLength(8);
    expect(byAlias.columns[1]).toMatchObject({ name: 'Glucose', type: 'long', required: true, max: 199 });
  });

  it('are not listed once they are deleted', async () => {
    await mlflowPost(mlflow?.[server] ?? '', 'mlflow/runs/delete', { run_id: weak });
    expect(names(await client.runs({ experiment }))).toEqual(['strong']);
  });
});
