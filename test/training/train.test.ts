import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Watch } from '../../src/engine/watch.ts';
import {
  DataError,
  FieldError,
  StorageError,
  TrackingRefusedError,
  UnavailableError,
} from '../../src/errors.ts';
import { type FormBody, parseFields } from '../../src/training/fields/parse.ts';
import { dryRun, type TrainRequest, train } from '../../src/training/train.ts';
import { UnderWay } from '../../src/training/underWay.ts';
import { chosenOf } from '../../src/values/result.ts';
import type { SignatureKind } from '../../src/values/run.ts';
import { FakeEngine } from '../support/fakeEngine.ts';
import { RecordingDesk } from '../support/recordingDesk.ts';

let engine: FakeEngine;
let desk: RecordingDesk;
let underWay: UnderWay;
beforeEach(() => {
  engine = new FakeEngine();
  desk = new RecordingDesk();
  underWay = new UnderWay();
});

const rooms = (modelName?: string) => ({
  engine,
  deliveries: desk,
  underWay,
  sweepMax: 9,
  ...(modelName !== undefined && { modelName }),
});

function request(body: FormBody, fileName = 'people.csv'): TrainRequest {
  return {
    id: randomUUID(),
    watch: new Watch(),
    fields: parseFields(body),
    source: { path: 'people.csv', intake: engine.receive(), release: async () => undefined },
    fileName,
    receivedAt: new Date(2026, 10, 29, 12, 34, 56),
  };
}

const keep = () => ({ answer: 'kept' });

describe('train', () => {
  it('hands in what the engine found, with the names and params of the form', async () => {
    const asked = request({
      exp_name: 'E',
      alias: 'champion',
      registered_model: 'R',
      tags: 'a=b',
      ignore: 'b',
    });
    const { result, run, accepted } = await train(asked, rooms(), keep);
    const [entry] = desk.entries;
    expect(entry).toMatchObject({ id: accepted.id, pipeline: chosenOf(result).pipeline, run });
    expect(entry?.view.answer).toBe('kept');
    const { train: training, test } = chosenOf(result);
    expect(run).toMatchObject({
      experimentName: 'E',
      registeredModelName: 'R',
      alias: 'champion',
      tags: { a: 'b' },
      fileName: 'people.csv',
      startTimeMs: asked.receivedAt.getTime(),
      dataset: result.data,
      training: training.metrics,
      test: test.metrics,
      extraParams: { target: 't', ignore: 'b', missing: 'error', test_size: '0.3', stratify: 'False' },
    });
    expect(run.rounded.accuracy).toBe(Math.round(test.metrics.accuracy_score * 100) / 100);
  });

  it('logs the positive class, the parts, how the solver ended, and the codes of warnings', async () => {
    const { result, run } = await train(request({ user: 'ada', git_commit: 'c0ffee' }), rooms(), keep);
    const { solver, warnings } = chosenOf(result);
    expect(run).toMatchObject({ user: 'ada', gitCommit: 'c0ffee', solver, signature: 'inferred' });
    expect(run.warnings).toEqual([...result.warnings, ...warnings].map(({ code }) => code));
    expect(run.extraParams).toMatchObject({ solver: 'lbfgs', solver_tol: '0.0001', signature: 'inferred' });
    expect(run.extraParams).toHaveProperty('positive');
    expect(run.parts).toMatchObject([
      { context: 'train', rows: result.split.train },
      { context: 'test', rows: result.split.test },
    ]);
  });

  it('names the parts by digests that depend on the file, the part, and the fields that choose rows', async () => {
    const digestsOf = async (body: FormBody) => {
      const { run } = await train(request(body), rooms(), keep);
      return run.parts.map(({ digest }) => digest);
    };
    const digests = await digestsOf({});
    expect(digests).toEqual([expect.stringMatching(/^[\da-f]{32}$/), expect.stringMatching(/^[\da-f]{32}$/)]);
    expect(new Set(digests).size).toBe(2);
    expect(await digestsOf({ C: '9', exp_name: 'other' })).toEqual(digests);
    expect(await digestsOf({ random_state: '7' })).not.toEqual(digests);
  });

  it.each<[string, FormBody, SignatureKind | undefined, SignatureKind]>([
    ['by default', {}, undefined, 'inferred'],
    ['as the service is set', {}, 'none', 'none'],
    ['as the form says', { signature: 'any' }, 'none', 'any'],
  ])('has the signature %s', async (_name, body, signature, expected) => {
    const { run } = await train(request(body), { ...rooms(), ...(signature && { signature }) }, keep);
    expect([run.signature, run.extraParams?.['signature']]).toEqual([expected, expected]);
  });

  it('asks the engine whether it can, then whether there is room and an experiment, and computes last', async () => {
    const order = engine.calls;
    desk.checkRoom = async () => void order.push('checkRoom');
    desk.checkExperiment = async (name: string) => void order.push(`checkExperiment ${name}`);
    await train(request({ exp_name: 'E' }), rooms(), keep);
    expect(order).toEqual(['check', 'checkRoom', 'checkExperiment E', 'run']);
  });

  it.each<[string, () => void, FormBody, readonly string[]]>([
    [
      'the engine cannot do it',
      () => (engine.refuseWith = new FieldError('unsupported', 'No.')),
      {},
      ['check'],
    ],
    ['a name is refused', () => undefined, { exp_name: '..' }, ['check']],
    ['there is no room', () => (desk.roomError = new UnavailableError('spool_full', 'Full.')), {}, ['check']],
    [
      'the experiment takes no runs',
      () => (desk.experimentError = new TrackingRefusedError('experiment_deleted', 'Deleted.')),
      {},
      ['check'],
    ],
    [
      'the data cannot be fitted',
      () => (engine.failWith = new DataError('one_class', 'One.')),
      {},
      ['check', 'run'],
    ],
    [
      'it cannot be kept',
      () => (desk.failWith = new StorageError('disk_full', 'Full.')),
      {},
      ['check', 'run'],
    ],
  ])('accepts nothing if %s', async (_name, spoil, body, calls) => {
    spoil();
    await expect(train(request(body), rooms(), keep)).rejects.toThrow();
    expect(engine.calls).toEqual(calls);
    expect(desk.entries).toEqual([]);
  });

  it('is awaited by a service that shuts down', async () => {
    const trained = train(request({}), rooms(), keep);
    let isSettled = false;
    const settled = underWay.settled(60_000).then(() => (isSettled = true));
    expect(isSettled).toBe(false);
    await Promise.all([trained, settled]);
    expect(desk.entries).toHaveLength(1);
  });
});

describe('the names of a training', () => {
  const TIME = 'Sun-Nov-29-12:34:56-2026';
  const DOTTED = 'Sun-Nov-29-12.34.56-2026';
  it.each<[string, FormBody, string, string | undefined, object]>([
    [
      'nothing',
      {},
      'people.csv',
      undefined,
      {
        experimentName: 'Default',
        runName: `Train-Run-${TIME}`,
        modelName: 'people-model',
        registeredModelName: `Default_Train-Run-${DOTTED}_${DOTTED}`,
      },
    ],
    ['a run', { run_name: 'r' }, 'x.csv', undefined, { registeredModelName: `Default_r_${DOTTED}` }],
    ['a model', { model_name: 'm' }, 'x.csv', 'ours', { modelName: 'm' }],
    ['the service', {}, 'x.csv', 'ours', { modelName: 'ours' }],
    ['a compressed file', {}, 'a b.tsv.gz', undefined, { modelName: 'a-b-model' }],
    ['a file that is hidden', {}, '.csv', undefined, { modelName: '-csv-model' }],
    ['a file with signs that MLflow refuses', {}, `q"1/2:3%.csv`, undefined, { modelName: '2-3--model' }],
  ])('come from %s', async (_name, body, fileName, ours, expected) => {
    const { run } = await train(request(body, fileName), rooms(ours), keep);
    expect(run).toMatchObject(expected);
  });

  it.each<[string, FormBody, string]>([
    ['would be too long', { exp_name: 'x'.repeat(240) }, 'registered_model_too_long'],
    ['would look like a path', { exp_name: '..' }, 'registered_model_like_path'],
  ])('are refused if the registered name %s', async (_name, body, code) => {
    const refused = train(request(body), rooms(), keep);
    await expect(refused).rejects.toMatchObject({ code, details: { field: 'registered_model' } });
    const report = await dryRun(request(body), rooms());
    expect(report.problem).toMatchObject({ code });
  });
});

describe('dryRun', () => {
  it('asks the engine alone, even if nothing could be kept', async () => {
    desk.roomError = new UnavailableError('spool_full', 'Full.');
    expect(await dryRun(request({}), rooms())).toMatchObject({ rows: 40 });
    expect(engine.calls).toEqual(['check', 'inspect']);
    expect([desk.entries, desk.waiting]).toEqual([[], 0]);
  });
});
