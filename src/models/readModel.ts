import { parse } from 'yaml';
import { z } from 'zod';
import { FieldError, quote } from '../errors.ts';
import { MODEL_FLAVOR, type ModelDescription, type ModelPlace } from '../values/loadedModel.ts';
import { PipelineShapeError } from './compile.ts';
import type { Predictor } from './port.ts';
import { createPredictor } from './predictor.ts';
import type { ModelAddress, ModelRegistry } from './registry.ts';
import { MODEL_JSON } from './schema.ts';

/** A model as its files describe it. */
export interface ReadModel {
  readonly description: ModelDescription;
  readonly predictor: Predictor;
  /** What `MLmodel` says of the model's own place. */
  readonly place: Pick<ModelPlace, 'runId' | 'modelId'>;
}

const MLMODEL = z.object({
  run_id: z.string().nullish(),
  model_id: z.string().nullish(),
  flavors: z.record(z.string(), z.unknown()),
});

/** The flavor, in any version. A file is in the model's own folder. */
const FLAVOR = z.object({ data: z.string().regex(/^[\w-][\w.-]*$/), version: z.number() });

/**
 * Reads a model in two calls, and checks all that a prediction relies on.
 * @param uri the client's address, for messages
 * @throws FieldError `model_not_found`, `foreign_model`, `model_damaged`
 */
export async function readModel(
  registry: ModelRegistry,
  address: ModelAddress,
  uri: string,
): Promise<ReadModel> {
  const mlmodel = await registry.readFile(address, 'MLmodel');
  if (mlmodel === undefined) throw notFound(uri);
  const document = MLMODEL.safeParse(yamlOf(mlmodel));
  if (!document.success) throw foreign(uri);
  const { flavors, run_id: runId, model_id: modelId } = document.data;
  const file = await registry.readFile(address, fileOf(flavors[MODEL_FLAVOR.name], uri));
  if (file === undefined) throw damaged(uri, 'its folder lacks the file');
  const description = descriptionOf(file, uri);
  return {
    description,
    predictor: predictorOf(description, uri),
    place: { ...(runId && { runId }), ...(modelId && { modelId }) },
  };
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { version: '1.1', logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

function fileOf(flavor: unknown, uri: string): string {
  const { success, data } = FLAVOR.safeParse(flavor);
  if (!success) throw foreign(uri);
  if (data.version === MODEL_FLAVOR.version) return data.data;
  throw new FieldError(
    'foreign_model',
    `A later trainpost logged the model ${quote(uri)}: use that version of trainpost to read the model.`,
    { field: 'model', value: uri },
  );
}

function descriptionOf(file: string, uri: string): ModelDescription {
  let json: unknown;
  try {
    json = JSON.parse(file);
  } catch {
    throw damaged(uri, 'the file is not JSON');
  }
  const { success, data, error } = MODEL_JSON.safeParse(json);
  if (success && hasClassesOf(data)) return data;
  if (success) throw damaged(uri, 'its classes are not those of its pipeline');
  const path = error.issues[0]?.path.map(String).join('.') ?? '';
  throw damaged(uri, `the file has an unexpected value at ${quote(path)}`);
}

function hasClassesOf({ pipeline, target: { classes }, positive }: ModelDescription): boolean {
  const last = pipeline.steps.at(-1)?.[1];
  const regression = last?.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  if (regression?.estimator !== 'LogisticRegression') return false;
  const ofPipeline = regression.fitted.classes;
  const isSame = classes.length === ofPipeline.length && classes.every((one, k) => one === ofPipeline[k]);
  return isSame && (positive === undefined || classes.includes(positive));
}

function predictorOf(description: ModelDescription, uri: string): Predictor {
  try {
    return createPredictor(description);
  } catch (error) {
    if (error instanceof PipelineShapeError) throw damaged(uri, 'the sizes of its steps do not fit together');
    throw error;
  }
}

/** MLflow has no such model. */
export function notFound(uri: string): FieldError {
  return new FieldError(
    'model_not_found',
    `MLflow has no model ${quote(uri)}: check the name, and the version or alias.`,
    { field: 'model', value: uri },
  );
}

function foreign(uri: string): FieldError {
  return new FieldError(
    'foreign_model',
    `trainpost did not log the model ${quote(uri)}, or an earlier version did, so the model has no ${MODEL_FLAVOR.file}: ` +
      'train the model again with trainpost, or serve the model with mlflow models serve.',
    { field: 'model', value: uri },
  );
}

function damaged(uri: string, fault: string): FieldError {
  return new FieldError(
    'model_damaged',
    `The ${MODEL_FLAVOR.file} of the model ${quote(uri)} cannot be used, because ${fault}: train the model again.`,
    { field: 'model', value: uri },
  );
}
