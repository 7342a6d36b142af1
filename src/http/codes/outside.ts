import type { CodeRow } from './row.ts';

export const atTheStart: readonly CodeRow[] = [
  ['config', undefined, 'Settings are wrong.', 'Correct them: [settings.md](settings.md).'],
  ['port', undefined, 'The port is taken, or cannot be used.', 'Set `PORT`.'],
  ['temp_dir', undefined, '`TEMP_DIR` cannot be written to.', 'Name another folder.'],
  ['spool_dir', undefined, '`SPOOL_DIR` cannot be used.', 'Name a folder that can be written.'],
  ['spool_in_use', undefined, 'Another process uses `SPOOL_DIR`.', 'Give each process a folder of its own.'],
  [
    'tracking_uri_not_http',
    undefined,
    '`MLFLOW_TRACKING_URI` is not an `http://` or `https://` address.',
    'Start `mlflow server`, and set its address.',
  ],
  [
    'tracking_certificate',
    undefined,
    "A certificate file of MLflow's settings cannot be read, or has no certificate.",
    'Name a PEM file.',
  ],
  [
    'tracking_token_invalid',
    undefined,
    '`MLFLOW_TRACKING_TOKEN` has characters that no token can have.',
    'Set it again.',
  ],
  [
    'python_not_found',
    undefined,
    'No Python 3.10 or newer was found.',
    'Install it, or set `MLFLOW_TRACKING_URI`.',
  ],
  [
    'mlflow_not_installed',
    undefined,
    'MLflow could not be installed.',
    'Do what the line says, or set `MLFLOW_TRACKING_URI`.',
  ],
  [
    'mlflow_no_port',
    undefined,
    '20 ports from `MLFLOW_LOCAL_PORT` on are taken.',
    'Set `MLFLOW_LOCAL_PORT`.',
  ],
  ['mlflow_not_started', undefined, 'MLflow did not start.', 'Read `.mlflow/server.log`.'],
];

export const inThePackage: readonly CodeRow[] = [
  [
    'text_column',
    undefined,
    '`toArrays` found a text feature, and arrays hold numbers.',
    'Name the column in `ignore`.',
  ],
  [
    'test_size_invalid',
    undefined,
    '`testSize` is neither a share between 0 and 1 nor a number of rows.',
    'Correct it.',
  ],
  [
    'random_state_invalid',
    undefined,
    '`randomState` is not a whole number from 0 to 2^32 - 1.',
    'Correct it.',
  ],
  [
    'not_of_trainpost',
    undefined,
    'The client got an answer that is not of trainpost, perhaps of a proxy.',
    'Check the address.',
  ],
];
