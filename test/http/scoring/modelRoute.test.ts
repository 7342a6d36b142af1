import { afterEach, describe, expect, it } from 'vitest';
import { modelInfoAnswer } from '../../../src/http/scoring/modelAnswer.ts';
import type { ModelStore } from '../../../src/models/port.ts';
import { EXAM_MODEL, examModels } from '../../support/examModel.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { MODEL_URI, readyModel, storeOf } from './model.ts';

let service: TestService | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function get(models: ModelStore, modelUri: string | undefined, query = ''): Promise<Response> {
  service = await startTestService({ models, ...(modelUri !== undefined && { modelUri }) });
  return fetch(`${service.url}/model${query}`);
}

describe('GET /model', () => {
  it('is what the default model needs, and what it answers', async () => {
    const response = await get(await examModels(), EXAM_MODEL);
    expect(await response.json()).toEqual({
      uri: EXAM_MODEL,
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
      trained: expect.objectContaining({ train_rows: expect.any(Number), test_rows: expect.any(Number) }),
    });
    expect(response.headers.get('Trainpost-Model-Age')).toBeNull();
  });

  it('has texts, booleans, and the age of an alias', async () => {
    const ready = { ...readyModel('numbers and text, imputed by mean', 'object'), aliasAgeMs: 2_400 };
    const response = await get(storeOf(ready), MODEL_URI);
    expect(response.headers.get('Trainpost-Model-Age')).toBe('2');
    const { columns, classes } = await response.json();
    expect(classes).toEqual(['no', 'yes']);
    expect(columns[3]).toEqual({
      name: 'plan',
      type: 'string',
      required: false,
      categories: ['basic', 'plus', 'pro'],
    });
    const bool = readyModel('numbers imputed by mean', 'bool').model;
    expect(modelInfoAnswer(bool).classes).toEqual([false, true]);
  });

  it('has the threshold of the training, and with three classes none', () => {
    const { model } = readyModel('numbers imputed by mean');
    const { pipeline } = model.description;
    const [name, classifier] = pipeline.steps.at(-1)!;
    const moved = {
      estimator: 'FixedThresholdClassifier',
      params: { threshold: 0.3, posLabel: 1 },
      classifier,
    };
    const steps = [...pipeline.steps.slice(0, -1), [name, moved]] as unknown as typeof pipeline.steps;
    const description = { ...model.description, pipeline: { ...pipeline, steps } };
    expect(modelInfoAnswer({ ...model, description }).threshold).toBe(0.3);
    const three = readyModel('numbers and text, three classes, imputed by median').model;
    expect(modelInfoAnswer(three)).toMatchObject({ threshold: null, positive: null, classes: [-1, 0, 3] });
  });

  it('cuts off a list of a thousand categories, and says how many there are more', () => {
    const { model } = readyModel('text alone, imputed');
    const text = JSON.stringify(model.description.pipeline);
    const categories = Array.from({ length: 1_234 }, (_, i) => `c${i}`);
    const pipeline = JSON.parse(text, (key, value) => (key === 'categories' ? [categories] : value));
    const { columns } = modelInfoAnswer({ ...model, description: { ...model.description, pipeline } });
    expect(columns[0]).toMatchObject({ categories: categories.slice(0, 1_000), more_categories: 234 });
  });

  it.each([
    [undefined, '', 404, 'no_model'],
    [EXAM_MODEL, '?model=models:/nobody@x', 422, 'model_not_found'],
    [EXAM_MODEL, '?model=nobody', 422, 'model_uri'],
    [EXAM_MODEL, '?model=a&model=b', 422, 'wrong_parameter'],
    [EXAM_MODEL, '?uri=a', 422, 'unknown_parameter'],
  ])('with the default %s, %j is %i %s', async (modelUri, query, status, code) => {
    const response = await get(await examModels(), modelUri, query);
    expect(await response.json()).toMatchObject({ status, code });
  });
});
