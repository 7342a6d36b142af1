import type { ColumnInfo, InputExample } from '../../values/dataset.ts';
import { MODEL_FLAVOR } from '../../values/loadedModel.ts';
import type { EstimatorState, PipelineState } from '../../values/pipelineState.ts';
import type { SignatureKind } from '../../values/run.ts';
import { pandasType } from '../columnSpec.ts';
import type { RecordFile } from '../delivery/recordStore.ts';
import { ENVIRONMENT, PYTHON_ENV_YAML, THRESHOLD_ENVIRONMENT } from './environment.ts';
import { inputExampleJson, servingExampleJson } from './inputExample.ts';
import type { MlmodelFacts } from './mlmodel.ts';
import { type ModelOrigin, modelJson } from './modelJson.ts';
import { classifierOf, onnxModel, thresholdOf } from './onnx.ts';
import { sklearnPickle } from './sklearnPickle.ts';

export { listingJson, type MlmodelFacts, type MlmodelPlace, mlmodel } from './mlmodel.ts';
export type { ModelOrigin } from './modelJson.ts';

export interface ModelFilesInput {
  readonly pipeline: PipelineState;
  /** Columns that the pipeline was fitted on, in its order. */
  readonly features: readonly ColumnInfo[];
  readonly inputExample: InputExample;
  readonly origin: ModelOrigin;
  /** `inferred` without it. */
  readonly signature?: SignatureKind;
  readonly utcTimeCreated: Date;
}

export interface ModelFiles {
  /** All files of the folder but `MLmodel`, by their paths in the folder: the same bytes wherever the model is logged. */
  readonly files: readonly RecordFile[];
  /** What `mlmodel` needs beside the place where the model is logged. */
  readonly facts: MlmodelFacts;
}

/**
 * The folder of a model, as MLflow, scikit-learn and onnxruntime load it; `mlmodel` writes its last file.
 * Nothing in it is left to chance: the same input gives the same bytes.
 */
export function modelFiles({
  pipeline,
  features,
  inputExample,
  origin,
  signature = 'inferred',
  utcTimeCreated,
}: ModelFilesInput): ModelFiles {
  const environment = thresholdOf(pipeline.steps) === undefined ? ENVIRONMENT : THRESHOLD_ENVIRONMENT;
  const example = inputExampleJson(inputExample, features);
  const files = [
    file('model.pkl', sklearnPickle(pipeline)),
    file('model.onnx', onnxModel(pipeline)),
    file('input_example.json', example),
    file('serving_input_example.json', servingExampleJson(example)),
    file('requirements.txt', environment.requirementsTxt),
    file('python_env.yaml', PYTHON_ENV_YAML),
    file('conda.yaml', environment.condaYaml),
    file(MODEL_FLAVOR.file, modelJson(pipeline, features, origin)),
  ];
  const modelSizeBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const facts = {
    features: imputes(pipeline) ? features : features.map(complete),
    classesDtype: classifierOf(pipeline.steps).fitted.classesDtype,
    signature,
    hasDescription: true as const,
    modelSizeBytes,
    utcTimeCreated: pythonDatetime(utcTimeCreated),
  };
  return { files, facts };
}

/** Whether missing values are filled, anywhere in it. */
function imputes(state: EstimatorState): boolean {
  if (state.estimator === 'Pipeline') return state.steps.some(([, step]) => imputes(step));
  if (state.estimator === 'ColumnTransformer') {
    return state.transformers.some(({ transformer }) => imputes(transformer));
  }
  return state.estimator === 'SimpleImputer';
}

/** The column as a model knows it that was not given the rows with missing cells: pandas keeps the type it had with them. */
function complete(column: ColumnInfo): ColumnInfo {
  return { name: column.name, type: pandasType(column) };
}

function file(path: string, content: Buffer | string): RecordFile {
  return { path, bytes: Buffer.from(content) };
}

/** `str(datetime)` of a naive UTC time, with its microseconds. */
function pythonDatetime(date: Date): string {
  return `${date.toISOString().replace('T', ' ').replace('Z', '')}000`;
}
