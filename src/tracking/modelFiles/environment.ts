import { stringify } from 'yaml';

/**
 * What the model folder says of Python. No Python took part in writing it, so these are the versions with which the
 * files are tested; nothing is pinned to them, since the files load in others too, and MLflow warns of a
 * requirement that the reader does not fulfil.
 */
export const PYTHON_VERSION = '3.11.7';
export const SKLEARN_VERSION = '1.9.1';
export const MLFLOW_VERSIONS = { 2: '2.22.5', 3: '3.17.2' } as const;
/** The release of ONNX that brought the file format (IR 8) in use. */
export const ONNX_VERSION = '1.10.0';

interface EnvironmentFiles {
  readonly requirementsTxt: string;
  readonly condaYaml: string;
}

/** Loading and scoring need this. The ONNX file needs onnxruntime, which only its users install. */
function environmentFiles(sklearn: string): EnvironmentFiles {
  const requirements = ['mlflow', sklearn, 'numpy', 'pandas'];
  return {
    requirementsTxt: `${requirements.join('\n')}\n`,
    condaYaml: stringify({
      channels: ['conda-forge'],
      dependencies: [`python=${PYTHON_VERSION}`, 'pip', { pip: requirements }],
      name: 'mlflow-env',
    }),
  };
}

/** Written once: they are the same in every folder. */
export const ENVIRONMENT = environmentFiles('scikit-learn');
/** The environment of a model with a threshold: scikit-learn 1.5 brought `FixedThresholdClassifier`. */
export const THRESHOLD_ENVIRONMENT = environmentFiles('scikit-learn>=1.5');

export const PYTHON_ENV_YAML = stringify({
  python: PYTHON_VERSION,
  build_dependencies: ['pip', 'setuptools', 'wheel'],
  dependencies: ['-r requirements.txt'],
});
