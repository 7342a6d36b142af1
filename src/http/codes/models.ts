import type { CodeRow } from './row.ts';

/** These errors also have MLflow's keys. */
export const predictions: readonly CodeRow[] = [
  [
    'no_model',
    404,
    'The request names no model, and `MODEL_URI` is not set.',
    'Add `?model=models:/NAME@ALIAS`.',
  ],
  [
    'model_not_loaded',
    503,
    'A probe asked for the model of `MODEL_URI`, and the model cannot be loaded.',
    'The `detail` names the reason.',
  ],
  [
    'wrong_content_type',
    415,
    'The body has a type that the route does not read, another charset than UTF-8, or no type.',
    'Send JSON or CSV.',
  ],
  [
    'body_too_large',
    413,
    'The body is larger than `SCORING_BODY_BYTES_MAX`.',
    'Send fewer rows, or a file to `/predict`.',
  ],
  [
    'malformed_body',
    400,
    'The body is not JSON, has none of the forms, or has no rows in `/predict`.',
    'The `detail` names the reason.',
  ],
  ['missing_columns', 400, 'A column of the training file is missing.', 'Send all columns in `allowed`.'],
  ['wrong_value', 400, 'A value has another type than its column had in training.', 'Correct the value.'],
  [
    'column_taken',
    400,
    'The file already has a column that `/predict` would add.',
    'Rename or remove the column.',
  ],
];

export const modelsReadBack: readonly CodeRow[] = [
  [
    'model_uri',
    422,
    "The address of the model has none of MLflow's forms, or names no single version.",
    'Use a form of `allowed`: [models.md](models.md#addresses).',
  ],
  [
    'missing_model',
    422,
    'The form of `POST /evaluate` has no `model`.',
    'Send the address of a model in `model`.',
  ],
  [
    'unknown_class',
    422,
    '`test_file` has a label that the model does not know.',
    'Correct the label, or remove the row.',
  ],
  ['model_not_found', 422, 'MLflow has no such model, version, alias or run.', 'Check the address.'],
  [
    'foreign_model',
    422,
    'trainpost did not log the model, or an earlier version did, or a later one.',
    'Train the model again with this trainpost, or serve it with `mlflow models serve`.',
  ],
  [
    'model_damaged',
    422,
    '`model.json` of the model is missing, was changed or is not whole.',
    'Train the model again.',
  ],
];
