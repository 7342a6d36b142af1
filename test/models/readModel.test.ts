import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/models/readModel.ts';
import { MODEL_CASES, modelCase, ORIGIN, THRESHOLD_CASES } from '../tracking/modelFiles/cases.ts';
import { COLUMN_CASES, THRESHOLD_COLUMN_CASES } from '../tracking/modelFiles/columnCases.ts';
import { FakeRegistry, folderOf } from './folder.ts';

const CASES = [...MODEL_CASES, ...COLUMN_CASES, ...THRESHOLD_CASES, ...THRESHOLD_COLUMN_CASES];
const URI = 'models:/m/1';

function read(folder: Record<string, string> | undefined) {
  const registry = new FakeRegistry();
  if (folder !== undefined) registry.folders.set('m/1', folder);
  return readModel(registry, { kind: 'version', name: 'm', version: '1' }, URI);
}

/** Keys that the tests change. */
type Json = Partial<
  Record<
    | 'C'
    | 'classes'
    | 'coef'
    | 'columns'
    | 'fitted'
    | 'intercept'
    | 'min'
    | 'name'
    | 'nFeaturesOut'
    | 'positive'
    | 'profile'
    | 'scale'
    | 'type'
    | 'version',
    unknown
  >
>;

/** A folder whose description is changed. */
function changed(change: (description: never) => void, one = modelCase('plain')): Record<string, string> {
  const folder = folderOf(one);
  const description = JSON.parse(folder['model.json']!);
  change(description as never);
  return { ...folder, 'model.json': JSON.stringify(description) };
}

describe('readModel', () => {
  it.each(CASES)('$name: gives back what was written', async (one) => {
    const { description, place } = await read(folderOf(one));
    const { target, ...origin } = one.origin;
    expect(description.pipeline).toEqual(one.pipeline);
    expect(description.features).toEqual(one.features);
    expect(description.target.name).toBe(target);
    expect(description).toMatchObject(origin);
    expect(place).toEqual({ runId: 'r1', modelId: 'm-1' });
  });

  it('reads the profile and the positive label', async () => {
    const profile = [
      { name: 'a', kind: 'number', edges: [1, 2.5], counts: [1, 2, 3], missing: 4 },
      { name: 'b', kind: 'text', categories: ['x'], counts: [5], others: 1, missing: 0 },
    ] as const;
    const { description } = await read(
      folderOf({ ...modelCase('plain'), origin: { ...ORIGIN, positive: 0, profile } }),
    );
    expect(description.profile).toEqual(profile);
    expect(description.positive).toBe(0);
  });

  it.each<[string, Record<string, string> | undefined, string]>([
    ['that is not there', undefined, 'model_not_found'],
    ['whose MLmodel is not YAML', { MLmodel: '{' }, 'foreign_model'],
    ['whose MLmodel is a text', { MLmodel: 'hello' }, 'foreign_model'],
    ['of another flavor', { MLmodel: 'flavors:\n  sklearn: {}\n' }, 'foreign_model'],
    [
      'with a file outside of its folder',
      { MLmodel: 'flavors: { trainpost: { data: ../x.json, version: 1 } }' },
      'foreign_model',
    ],
    [
      'of a later version',
      { MLmodel: 'flavors: { trainpost: { data: m.json, version: 2 } }' },
      'foreign_model',
    ],
    ['without its description', { MLmodel: folderOf()['MLmodel']! }, 'model_damaged'],
    ['whose description is not JSON', { ...folderOf(), 'model.json': '{' }, 'model_damaged'],
  ])('rejects a model %s', async (_, folder, code) => {
    await expect(read(folder)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`"${URI}"`),
      details: { field: 'model', value: URI },
    });
  });

  it('says which trainpost a later version needs', async () => {
    const later = { MLmodel: 'flavors: { trainpost: { data: m.json, version: 2 } }' };
    await expect(read(later)).rejects.toThrow(/^A later trainpost logged the model/);
  });

  const scaler = (description: { pipeline: { steps: [string, { fitted: Json }][] } }) =>
    description.pipeline.steps[0]![1].fitted;
  const model = (description: { pipeline: { steps: [string, { fitted: Json; params: Json }][] } }) =>
    description.pipeline.steps[1]![1];

  it.each<[string, (description: never) => void, string]>([
    ['a number that is a text', (d) => ((scaler(d).scale as unknown[])[0] = '1'), 'pipeline.steps.0.1'],
    ['a number that is missing', (d) => ((scaler(d).min as unknown[])[0] = null), 'pipeline.steps.0.1'],
    ['a strength of 0', (d) => (model(d).params.C = 0), 'pipeline.steps.1.1'],
    ['a short scaler', (d) => (scaler(d).scale as unknown[]).pop(), 'do not fit together'],
    [
      'short coefficients',
      (d) => ((model(d).fitted.coef as unknown[][])[0] as unknown[]).pop(),
      'do not fit',
    ],
    ['no coefficients', (d) => (model(d).fitted.coef = []), 'do not fit together'],
    ['no intercept', (d) => (model(d).fitted.intercept = []), 'do not fit together'],
    [
      'one class',
      (d: { target: Json }) => (model(d as never).fitted.classes = d.target.classes = [0]),
      'do not fit',
    ],
    ['other classes', (d: { target: Json }) => (d.target.classes = [0, 2]), 'classes are not those'],
    ['a positive label of no class', (d: Json) => (d.positive = 7), 'classes are not those'],
    ['other features', (d: { features: Json[] }) => (d.features[0]!.name = 'other'), 'do not fit together'],
    [
      'a feature of another kind',
      (d: { features: Json[] }) => (d.features[0]!.type = 'string'),
      'do not fit',
    ],
    ['no model', (d: { pipeline: { steps: unknown[] } }) => d.pipeline.steps.pop(), 'classes are not those'],
    [
      'the model first',
      (d: { pipeline: { steps: unknown[] } }) => d.pipeline.steps.reverse(),
      'classes are not',
    ],
    [
      'bins that do not match their edges',
      (d: Json) => (d.profile = [{ name: 'a', kind: 'number', edges: [1], counts: [1], missing: 0 }]),
      'profile',
    ],
    ['no version', (d: Json) => delete d.version, 'version'],
  ])('rejects a description with %s', async (_, change, fault) => {
    await expect(read(changed(change))).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringContaining(fault),
    });
  });

  it.each<[string, (description: never) => void]>([
    ['a branch of a column that is not there', (d) => (branch(d, 1).columns = [7])],
    ['a branch of another width', (d) => (branch(d, 1).nFeaturesOut = 3)],
    ['an encoder of fewer columns', (d) => encoderOf(d).categories.pop()],
    [
      'a category that stands there twice',
      (d) => (encoderOf(d).categories[0]![1] = encoderOf(d).categories[0]![0]!),
    ],
  ])('rejects a description with %s', async (_, change) => {
    const one = COLUMN_CASES.find(({ name }) => name === 'numbers and text, nothing missing')!;
    await expect(read(changed(change, one))).rejects.toMatchObject({ code: 'model_damaged' });
  });
});

type Branches = {
  pipeline: { steps: [string, { transformers: (Json & { transformer: { steps: [string, Json][] } })[] }][] };
};
const branch = (description: Branches, index: number) =>
  description.pipeline.steps[0]![1].transformers[index]!;
const encoderOf = (description: Branches) =>
  branch(description, 1).transformer.steps[0]![1].fitted as { categories: string[][] };
