import { describe, expect, test } from 'vitest';
import type { StandInFault } from '../../support/standInMlflow.ts';
import { sampleRun } from '../sample.ts';
import { Bench } from './bench.ts';

const HOUR_MS = 3_600_000;
const PAGE = '<html><title>Welcome</title></html>';
const words = (error_code: string, message: string) => JSON.stringify({ error_code, message });
const BAD_DATABASE = words(
  'BAD_REQUEST',
  '(psycopg2.errors.InsufficientPrivilege) permission denied for table runs',
);
const NO_WORKSPACE = words('INVALID_PARAMETER_VALUE', 'Active workspace is required. Set one.');

const statuses = (bench: Bench) => [...bench.standIn.store.runs.values()].map(({ info }) => info.status);

/** What a person has to correct, as MLflow or a proxy answers every API call with it. */
const MISTAKES: readonly (readonly [string, StandInFault, advice: RegExp])[] = [
  ['no password', { status: 401, text: 'You are not authenticated.' }, /Set MLFLOW_TRACKING_USERNAME/],
  [
    '--allowed-hosts',
    { status: 403, text: 'Invalid Host header - possible DNS rebinding' },
    /--allowed-hosts/,
  ],
  ['a redirect', { status: 302, headers: { location: '/login' } }, /redirect/],
  ['another page', { status: 404, text: PAGE }, /MLFLOW_TRACKING_URI/],
  ['another page with 200', { status: 200, text: PAGE }, /MLFLOW_TRACKING_URI/],
  ['http to an https port', { status: 400, text: 'The plain HTTP request was sent to HTTPS port' }, /https:/],
  ['a needed workspace', { status: 400, text: NO_WORKSPACE }, /Set MLFLOW_WORKSPACE/],
  ['a database that MLflow may not write', { status: 400, text: BAD_DATABASE }, /database/],
];

describe.concurrent.each(MISTAKES)('a mistake in settings: %s', (_name, fault, advice) => {
  // From the first call on, from the first call after the version, and in the middle of a delivery.
  test.each(['/version', 'experiments/get-by-name', 'runs/log-batch', 'model-versions/create'])(
    'that %s meets costs no training, is reported, and everything arrives after the correction',
    async (first) => {
      let isWrong = false;
      let isCorrected = false;
      await using bench = await Bench.open({
        faultOf: ({ name }) => {
          isWrong ||= name === first && !isCorrected;
          return isWrong && !isCorrected ? fault : undefined;
        },
      });
      const accepted = [await bench.accept(), await bench.accept(), await bench.accept()];
      await bench.untilTime(HOUR_MS);
      expect(bench.spool.stats()).toMatchObject({ pending: 3, dead: 0 });
      expect(statuses(bench)).not.toContain('FAILED');
      const [view] = await bench.deliveries.list('pending');
      expect(view?.lastError?.message).toMatch(advice);
      expect(bench.scheduler.refusal()?.message).toMatch(advice);
      expect(bench.events.at(-1)).toMatchObject({
        is: 'retried',
        reason: { message: expect.stringMatching(advice) },
      });
      isCorrected = true;
      await bench.untilDelivered();
      bench.expectEachOnce(accepted);
      expect(statuses(bench)).toEqual(Array(3).fill('FINISHED'));
      expect(bench.scheduler.refusal()).toBeUndefined();
    },
  );
});

/** Answers all calls that create a run in the experiment of that id. */
const inExperiment =
  (id: string, fault: StandInFault) =>
  ({ name, body }: { name: string; body: Buffer }) =>
    name === 'runs/create' && JSON.parse(String(body)).experiment_id === id ? fault : undefined;

describe('an experiment that takes no runs', () => {
  test('because a permission is missing waits, and other experiments go on', async () => {
    await using bench = await Bench.open({ auth: { username: 'ada', password: 'p' } });
    const { experiment_id } = bench.standIn.store.createExperiment({ name: 'Closed' });
    bench.standIn.faultOf = inExperiment(experiment_id, { status: 403, text: 'Permission denied' });
    const closed = [
      await bench.accept({ experimentName: 'Closed' }),
      await bench.accept({ experimentName: 'Closed' }),
    ];
    const open = [await bench.accept(), await bench.accept()];
    await bench.until(() => bench.spool.stats().pending === 2);
    await bench.untilTime(HOUR_MS);
    // The records of the experiment do not try one after the other.
    expect(bench.count('runs/create')).toBeLessThan(1.5 * (HOUR_MS / 22_000));
    expect(bench.scheduler.refusal()?.message).toMatch(
      /Give the user of MLFLOW_TRACKING_USERNAME the permission EDIT/,
    );
    bench.standIn.faultOf = () => undefined;
    await bench.untilDelivered();
    bench.expectEachOnce([...closed, ...open]);
  });

  test('because its artifacts are kept elsewhere waits before it has a run', async () => {
    await using bench = await Bench.open();
    const { experiment_id } = bench.standIn.store.createExperiment({
      name: 'Diabetes',
      artifact_location: 's3://bucket',
    });
    const accepted = await bench.accept();
    await bench.untilTime(HOUR_MS);
    expect((await bench.deliveries.find(accepted.id))?.lastError).toMatchObject({
      code: 'artifacts_not_proxied',
      message: expect.stringMatching(/^The MLflow experiment "Diabetes" keeps its artifacts where/),
    });
    expect(statuses(bench)).toEqual([]);
    // As a person who renames the experiment.
    bench.standIn.store.experiments.get(experiment_id).name = 'Diabetes, before';
    await bench.untilDelivered();
    bench.expectEachOnce([accepted]);
  });
});

test('a file that is too large for a proxy waits until the proxy takes it', async () => {
  await using bench = await Bench.open();
  bench.standIn.faultOf = ({ name }) => (name === 'PUT model.pkl' ? { status: 413, text: PAGE } : undefined);
  const accepted = await bench.accept();
  await bench.untilTime(HOUR_MS);
  expect((await bench.deliveries.find(accepted.id))?.lastError?.message).toMatch(/client_max_body_size/);
  expect(statuses(bench)).toEqual(['RUNNING']);
  bench.standIn.faultOf = () => undefined;
  await bench.untilDelivered();
  bench.expectEachOnce([accepted]);
});

test("MLflow 2's list of models that is not JSON stops no delivery", async () => {
  await using bench = await Bench.open({ version: '2.22.5' });
  let isCut = false;
  bench.standIn.faultOf = ({ name, body }) => {
    if (name !== 'runs/log-model' || isCut) return undefined;
    isCut = true;
    const { tags } = bench.standIn.store.runs.get(JSON.parse(String(body)).run_id)!;
    // A database that cuts long texts leaves this.
    tags.set('mlflow.log-model.history', '[{"run_id":"ab');
    return { status: 500 };
  };
  const { run, ...accepted } = await bench.log();
  expect(isCut).toBe(true);
  bench.expectEachOnce([accepted]);
});

test('a wide table reaches a database with short columns', async () => {
  await using bench = await Bench.open({ version: '2.22.5' });
  const tooLong = words('BAD_REQUEST', '(psycopg2.errors.StringDataRightTruncation) value too long for type');
  bench.standIn.faultOf = ({ name, body }) => {
    const isLong =
      ['runs/log-model', 'runs/log-batch', 'runs/log-inputs'].includes(name) && body.length > 12_000;
    return isLong || (name === 'runs/log-model' && body.length > 500)
      ? { status: 400, text: tooLong }
      : undefined;
  };
  const columns = Array.from({ length: 900 }, (_, index) => ({
    name: `column_${index}`,
    type: 'long' as const,
  }));
  const { dataset, extraParams } = sampleRun();
  const { run } = await bench.log({
    dataset: { ...dataset, columns },
    extraParams: { ...extraParams, ignore: 'x'.repeat(6_000), steps2: 'y'.repeat(6_000) },
  });
  const stored = bench.standIn.store.runs.get(run.runId)!;
  expect(stored.info.status).toBe('FINISHED');
  expect(stored.inputs).toHaveLength(2);
  expect(stored.params.get('ignore')).toHaveLength(500);
  expect([stored.metrics.size, bench.events.length]).toEqual([18, 1]);
});
