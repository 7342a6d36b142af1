import type { ModelStore, ReadyModel } from '../../../src/models/port.ts';
import { createPredictor } from '../../../src/models/predictor.ts';
import type { ClassesDtype, ClassLabel } from '../../../src/values/dataset.ts';
import type { ModelDescription } from '../../../src/values/loadedModel.ts';
import { COLUMN_CASES } from '../../tracking/modelFiles/columnCases.ts';

export const MODEL_URI = 'models:/people@champion';
/** Columns: age (whole, some missing), city (text, some missing), net income (real, some missing), plan (text). */
const USUAL = 'numbers and text, imputed by mean';

/** A model that was really fitted. Its features are those of the case in `columnCases.ts`. */
export function readyModel(name = USUAL, dtype: ClassesDtype = 'object'): ReadyModel {
  const { pipeline, features } = COLUMN_CASES.find((one) => one.name === name)!;
  const last = pipeline.steps.at(-1)![1];
  const classes: readonly ClassLabel[] = last.estimator === 'LogisticRegression' ? last.fitted.classes : [];
  const description: ModelDescription = {
    pipeline,
    features,
    target: { name: 'y', classes, dtype },
    trained: { digest: '0'.repeat(32), trainRows: 10, testRows: 5 },
    profile: [],
  } as unknown as ModelDescription;
  return { model: { place: { uri: MODEL_URI }, description }, predictor: createPredictor(description) };
}

export const storeOf = (ready: ReadyModel): ModelStore => ({ load: () => Promise.resolve(ready) });
