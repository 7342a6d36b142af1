import { stringify } from 'yaml';
import type { ClassesDtype, ColumnInfo } from '../../values/dataset.ts';
import { MLFLOW_VERSIONS, ONNX_VERSION, PYTHON_VERSION, SKLEARN_VERSION } from './environment.ts';
import { signature } from './signature.ts';

/** What the `MLmodel` file says of the model itself, wherever it is logged. Plain data: it can wait as JSON. */
export interface MlmodelFacts {
  readonly features: readonly ColumnInfo[];
  readonly classesDtype: ClassesDtype;
  /** Bytes of the other files of the folder. */
  readonly modelSizeBytes: number;
  /** As Python prints it: `2026-11-23 02:11:39.922000`. */
  readonly utcTimeCreated: string;
}

/** What is known only where the model is logged. */
export interface MlmodelPlace {
  readonly mlflowMajor: 2 | 3;
  readonly runId: string;
  /** 32 hex digits, any. */
  readonly modelUuid: string;
  readonly artifactPath: string;
  /** Id of the logged model; MLflow 3 only. */
  readonly modelId?: string;
}

/** The `MLmodel` file, and the same content as JSON, as MLflow 2's `runs/log-model` takes it. */
export function mlmodel(facts: MlmodelFacts, place: MlmodelPlace): { yaml: string; json: string } {
  const document = {
    artifact_path: place.artifactPath,
    flavors: flavors(),
    is_signature_from_type_hint: false,
    mlflow_version: MLFLOW_VERSIONS[place.mlflowMajor],
    ...(place.modelId === undefined ? {} : { model_id: place.modelId }),
    model_size_bytes: facts.modelSizeBytes,
    model_uuid: place.modelUuid,
    run_id: place.runId,
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      pandas_orient: 'split',
      serving_input_path: 'serving_input_example.json',
      type: 'dataframe',
    },
    signature: signature(facts.features, facts.classesDtype, place.mlflowMajor),
    type_hint_from_example: false,
    utc_time_created: facts.utcTimeCreated,
  };
  // Every text is quoted: MLflow reads YAML 1.1, to which a bare date, `no` or 1_000 are no texts.
  const options = { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN', lineWidth: 0 } as const;
  return { yaml: stringify(document, options), json: JSON.stringify(document) };
}

/** The pickle for everyone who asks for the model, since ONNX through `pyfunc` cannot give bare labels; ONNX beside it. */
function flavors() {
  return {
    onnx: {
      code: null,
      data: 'model.onnx',
      onnx_session_options: null,
      onnx_version: ONNX_VERSION,
      providers: ['CPUExecutionProvider'],
      save_as_external_data: false,
    },
    python_function: {
      env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
      loader_module: 'mlflow.sklearn',
      model_path: 'model.pkl',
      predict_fn: 'predict',
      python_version: PYTHON_VERSION,
    },
    sklearn: {
      code: null,
      pickled_model: 'model.pkl',
      serialization_format: 'pickle',
      sklearn_version: SKLEARN_VERSION,
    },
  };
}
