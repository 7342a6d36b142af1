import { runCsv } from '../../src/engine/local/fit/run.ts';
import { FieldError } from '../../src/errors.ts';
import { EXAMS } from '../../src/http/openapi/paths/trainExamples.ts';
import { parseModelUri } from '../../src/models/modelUri.ts';
import type { ModelStore } from '../../src/models/port.ts';
import { createPredictor } from '../../src/models/predictor.ts';
import { descriptionOf } from './evaluation.ts';
import { planFor } from './plans.ts';

/** The model that the examples of the OpenAPI document name. */
export const EXAM_MODEL = 'models:/exams@champion';

/** A store that has one model, fitted on the file of the examples. It rejects other addresses as the real store does. */
export async function examModels(): Promise<ModelStore> {
  const description = descriptionOf(await runCsv(new TextEncoder().encode(EXAMS), await planFor({})));
  const predictor = createPredictor(description);
  const place = { uri: EXAM_MODEL, name: 'exams', version: '1', runId: '4cd4fb0c9d2e4c0a9a0c6f0f3b1f5a27' };
  return {
    load: async (uri) => {
      parseModelUri(uri);
      if (uri === EXAM_MODEL) return { model: { place, description }, predictor };
      throw new FieldError('model_not_found', `MLflow has no model ${uri}.`, { field: 'model', value: uri });
    },
  };
}
