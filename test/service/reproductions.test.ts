import { describe, expect, it } from 'vitest';
import { FieldError } from '../../src/errors.ts';
import type { ReadyModel } from '../../src/models/port.ts';
import { Reproductions } from '../../src/service/reproductions.ts';
import type { ReadRun } from '../../src/tracking/runReader.ts';

const RUN: ReadRun = {
  params: { C: '1.0', test_size: '0.3' },
  tags: { 'trainpost.request_id': 'id' },
  metrics: { test_log_loss: 0.5 },
  datasets: [
    { context: 'train', digest: 'part', fileDigest: 'file' },
    { context: 'test', digest: 'test' },
  ],
  modelName: 'm/n',
};
const DESCRIPTION = { trained: { digest: 'of the model' } };

const find = (run: ReadRun | undefined, load = async () => ({ model: { description: DESCRIPTION } })) =>
  new Reproductions(
    { read: async () => run },
    {
      load: async (uri) =>
        (uri === 'runs:/r1/m/n' ? load() : Promise.reject(new Error(uri))) as Promise<ReadyModel>,
    },
  ).find('r1');
const foreignModel = () => Promise.reject(new FieldError('foreign_model', ''));

describe('runs to reproduce', () => {
  const base = { runId: 'r1', params: RUN.params, metrics: RUN.metrics };

  it('have their model and its digest', async () => {
    expect(await find(RUN)).toEqual({ ...base, digest: 'of the model', model: DESCRIPTION });
  });

  it('have the digest of their data set if trainpost cannot read the model', async () => {
    expect(await find(RUN, foreignModel)).toEqual({ ...base, digest: 'file' });
    const { modelName: _, ...bare } = RUN;
    expect(await find(bare)).toEqual({ ...base, digest: 'file' });
    expect(await find({ ...bare, datasets: [] })).toEqual(base);
  });

  it('have the digest of their test file', async () => {
    const params = { C: '1.0' };
    expect(await find({ ...RUN, params }, foreignModel)).toMatchObject({
      digest: 'file',
      testDigest: 'test',
    });
  });

  it.each([
    ['no run', undefined, 'run_not_found'],
    ['a run of somebody else', { ...RUN, tags: {} }, 'foreign_run'],
    ['an evaluation', { ...RUN, params: { model: 'models:/R/1' } }, 'foreign_run'],
  ])('are not found if there is %s', async (_name, run, code) => {
    await expect(find(run)).rejects.toMatchObject({ code, details: { field: 'reproduce', value: 'r1' } });
  });

  it('are not judged while MLflow is away', async () => {
    await expect(find(RUN, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  });
});
