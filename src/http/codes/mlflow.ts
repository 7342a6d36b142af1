import type { CodeRow } from './row.ts';

export const mlflowAndDeliveries: readonly CodeRow[] = [
  [
    'mlflow_missing',
    503,
    'There is no MLflow, and none will start, because there is neither Python nor `MLFLOW_TRACKING_URI`.',
    'Install Python 3.10 or newer, or set `MLFLOW_TRACKING_URI`.',
  ],
  ['mlflow_starting', 'retried', 'MLflow is still starting.', 'Wait.'],
  [
    'mlflow_unreachable',
    'retried',
    'MLflow cannot be reached, or the connection broke.',
    'Check that MLflow runs, and `MLFLOW_TRACKING_URI`.',
  ],
  [
    'mlflow_timeout',
    'retried',
    'MLflow did not answer a call within `MLFLOW_CALL_TIMEOUT_MS`.',
    "Check MLflow's load.",
  ],
  ['mlflow_failed', 'retried', 'MLflow answered with 5xx or 429.', "Read MLflow's log."],
  [
    'mlflow_in_doubt',
    'retried',
    'The answer to a create was lost. trainpost looks for the run before it creates another.',
    'Wait.',
  ],
  [
    'mlflow_version',
    'retried',
    'The address does not lead to MLflow 2.14 or newer.',
    'Correct `MLFLOW_TRACKING_URI`, or upgrade the server.',
  ],
  [
    'mlflow_workspace',
    'retried',
    'The server needs a workspace, does not know the workspace, or has no workspaces.',
    'Set, correct or unset `MLFLOW_WORKSPACE`.',
  ],
  ['stopping', 'retried', 'The service stopped during a call.', 'Nothing; the next start goes on.'],
  [
    'mlflow_refused',
    502,
    'MLflow rejected the run for good. With wrong credentials or a wrong address, trainpost retries instead.',
    'Do what the `detail` says, and put the delivery back.',
  ],
  [
    'experiment_deleted',
    422,
    'The experiment was deleted in MLflow.',
    'Restore it and put the delivery back, or use another `exp_name`.',
  ],
  [
    'artifacts_not_proxied',
    422,
    'The MLflow server does not take files for this experiment. trainpost looks before it trains; an accepted training waits.',
    'Start the server with `--artifacts-destination`, and use another `exp_name`, or rename the experiment.',
  ],
  [
    'run_deleted',
    502,
    'Somebody deleted the run before it was complete.',
    'Restore the run in MLflow, and put the delivery back.',
  ],
  [
    'run_lost',
    502,
    'MLflow has lost the run for the second time.',
    "Check MLflow's database, and put the delivery back.",
  ],
  [
    'model_gone',
    502,
    'MLflow does not have the run any more whose model an evaluation promotes.',
    'Restore the run in MLflow, and put the delivery back.',
  ],
  [
    'no_such_delivery',
    404,
    'There is no delivery with this id.',
    'See `GET /deliveries`; delivered ones are kept for `SPOOL_KEPT_MS`.',
  ],
  ['delivery_not_dead', 409, 'The delivery is not dead, so that it cannot be put back.', 'Nothing.'],
];

export const runsReadBack: readonly CodeRow[] = [
  [
    'invalid_search',
    400,
    'MLflow does not accept `filter`, `order_by` or `page`. The `detail` has its words.',
    "Correct it: MLflow's documentation has the syntax of a search.",
  ],
  [
    'runs_too_large',
    422,
    'The runs of one page have more bytes in MLflow than trainpost reads.',
    'Ask for fewer runs with `max`.',
  ],
  [
    'no_such_experiment',
    404,
    'MLflow has no experiment of this name, or the experiment is deleted.',
    'See `GET /experiments`.',
  ],
  ['no_such_run', 404, 'MLflow has no run with this id.', 'See `GET /runs`.'],
  [
    'no_report',
    404,
    'The run has no `report.json`, or another program or version wrote the file.',
    'Train with `report=true`.',
  ],
];
