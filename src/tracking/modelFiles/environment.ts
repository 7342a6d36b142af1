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

/** What loading and scoring needs; the ONNX file wants onnxruntime, which is for those who use it. */
const REQUIREMENTS = ['mlflow', 'scikit-learn', 'numpy', 'pandas'];

/** Written once: they are the same in every folder. */
export const REQUIREMENTS_TXT = `${REQUIREMENTS.join('\n')}\n`;

export const PYTHON_ENV_YAML = stringify({
  python: PYTHON_VERSION,
  build_dependencies: ['pip', 'setuptools', 'wheel'],
  dependencies: ['-r requirements.txt'],
});

export const CONDA_YAML = stringify({
  channels: ['conda-forge'],
  dependencies: [`python=${PYTHON_VERSION}`, 'pip', { pip: REQUIREMENTS }],
  name: 'mlflow-env',
});
