import { stringify } from 'yaml';
import type { ClassesDtype, ColumnInfo } from '../../values/dataset.ts';
import { MODEL_FLAVOR } from '../../values/loadedModel.ts';
import type { SignatureKind } from '../../values/run.ts';
import { MLFLOW_VERSIONS, ONNX_VERSION, PYTHON_VERSION, SKLEARN_VERSION } from './environment.ts';
import { signature } from './signature.ts';

/** What the `MLmodel` file says of the model itself, wherever it is logged. Plain data: it can wait as JSON. */
export interface MlmodelFacts {
  readonly features: readonly ColumnInfo[];
  readonly classesDtype: ClassesDtype;
  /** `inferred` without it. */
  readonly signature?: SignatureKind;
  /** Whether the folder has `model.json`. Records of earlier versions have no such key. */
  readonly hasDescription?: true;
  /** Bytes of the other files of the folder. */
  readonly modelSizeBytes: number;
  /** As Python prints it: `2026-11-23 02:11:39.922000`. */
  readonly utcTimeCreated: string;
}

/** What is known only where the model is logged. */
export interface MlmodelPlace {
  readonly mlflowMajor: 2 | 3;
  /** The server's version, if it is known. */
  readonly mlflowVersion?: string | undefined;
  readonly runId: string;
  /** 32 hex digits, any. */
  readonly modelUuid: string;
  readonly artifactPath: string;
  /** Id of the logged model; MLflow 3 only. */
  readonly modelId?: string;
}

/** The `MLmodel` file. */
export function mlmodel(facts: MlmodelFacts, place: MlmodelPlace): string {
  const { signature: kind = 'inferred' } = facts;
  const document = {
    artifact_path: place.artifactPath,
    flavors: flavors(facts),
    is_signature_from_type_hint: false,
    mlflow_version: place.mlflowVersion ?? MLFLOW_VERSIONS[place.mlflowMajor],
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
    ...(kind === 'none' ? {} : { signature: signature(facts.features, facts.classesDtype, kind) }),
    type_hint_from_example: false,
    utc_time_created: facts.utcTimeCreated,
  };
  // Every text is quoted: MLflow reads YAML 1.1, to which a bare date, `no` or 1_000 are no texts.
  const options = { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN', lineWidth: 0 } as const;
  return stringify(document, options);
}

/**
 * What MLflow 2 lists of a model in a tag of the run, as JSON for `runs/log-model`. MLflow 2.22 keeps these keys. Earlier
 * versions would keep the signature too, which makes the tag longer than PostgreSQL takes it.
 */
export function listingJson(facts: MlmodelFacts, place: MlmodelPlace): string {
  return JSON.stringify({
    run_id: place.runId,
    artifact_path: place.artifactPath,
    utc_time_created: facts.utcTimeCreated,
    model_uuid: place.modelUuid,
    flavors: flavors(facts),
  });
}

/** `pyfunc` reads the pickle, because it cannot get bare labels from ONNX. ONNX is a flavor of its own. MLflow ignores the last one. */
function flavors({ hasDescription }: MlmodelFacts) {
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
    ...(hasDescription && {
      [MODEL_FLAVOR.name]: { data: MODEL_FLAVOR.file, version: MODEL_FLAVOR.version },
    }),
  };
}
