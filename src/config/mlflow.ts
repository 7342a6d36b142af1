import { z } from 'zod';
import { headerToken, httpUrl, wholeNumber } from './kinds.ts';

export interface MlflowConfig {
  /** The tracking server; where it is not set, the service sees to one of its own. */
  readonly trackingUri?: string;
  /** Where one is looked for, and else started, on this machine. */
  readonly localPort: number;
  /** Base of the links in answers, where people reach MLflow by another name than the service does. */
  readonly publicUrl?: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** How long one call may take. */
  readonly callTimeoutMs: number;
}

/** MLflow's own default, and the original's. */
const LOCAL_PORT = 5000;
const CALL_TIMEOUT_MS = 30_000;

export const mlflowSettings = {
  MLFLOW_TRACKING_URI: httpUrl.optional(),
  MLFLOW_LOCAL_PORT: wholeNumber(1, 65_535).default(LOCAL_PORT),
  MLFLOW_PUBLIC_URL: httpUrl
    .refine((value) => !value.includes('@'), {
      error: 'wants an address without name and password: everyone sees it in answers',
    })
    .optional(),
  MLFLOW_TRACKING_USERNAME: z.string().optional(),
  MLFLOW_TRACKING_PASSWORD: z.string().optional(),
  MLFLOW_TRACKING_TOKEN: headerToken.optional(),
  MLFLOW_CALL_TIMEOUT_MS: wholeNumber(100, 3_600_000).default(CALL_TIMEOUT_MS),
};

const settings = z.object(mlflowSettings);

export function mlflowConfig(vars: z.output<typeof settings>): MlflowConfig {
  return {
    localPort: vars.MLFLOW_LOCAL_PORT,
    ...(vars.MLFLOW_TRACKING_URI !== undefined && { trackingUri: vars.MLFLOW_TRACKING_URI }),
    ...(vars.MLFLOW_PUBLIC_URL !== undefined && { publicUrl: vars.MLFLOW_PUBLIC_URL }),
    ...(vars.MLFLOW_TRACKING_USERNAME !== undefined && { username: vars.MLFLOW_TRACKING_USERNAME }),
    ...(vars.MLFLOW_TRACKING_PASSWORD !== undefined && { password: vars.MLFLOW_TRACKING_PASSWORD }),
    ...(vars.MLFLOW_TRACKING_TOKEN !== undefined && { token: vars.MLFLOW_TRACKING_TOKEN }),
    callTimeoutMs: vars.MLFLOW_CALL_TIMEOUT_MS,
  };
}
