import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { type ConnectionsConfig, connectionsConfig, connectionsSettings } from './connections.ts';
import { wholeNumber } from './kinds.ts';
import { type MemoryConfig, memoryConfig, memorySettings } from './memory.ts';
import { type MlflowConfig, mlflowConfig, mlflowSettings } from './mlflow.ts';
import { type TrainingConfig, trainingConfig, trainingSettings } from './training.ts';
import { type UploadConfig, uploadConfig, uploadSettings } from './upload.ts';

export type { MlflowConfig };

/** What the service can be told by its environment; README.md has the table. An empty variable is one not set. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly mlflow: MlflowConfig;
  /** Name of a logged model where the form gives none; `<file stem>-model` where it is not set. */
  readonly modelName?: string;
  readonly upload: UploadConfig;
  readonly training: TrainingConfig;
  readonly memory: MemoryConfig;
  readonly connections: ConnectionsConfig;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** A group of settings a file; a group's file has their defaults, each with its reason. */
const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(5005),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `wants one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  MODEL_NAME: z
    .string()
    .regex(/^[^/:.%"'#?]{1,250}$/, { error: 'wants 1 to 250 characters, none of / : . % " \' # ?' })
    .optional(),
  ...mlflowSettings,
  ...uploadSettings,
  ...trainingSettings,
  ...memorySettings,
  ...connectionsSettings,
});

/** Variables whose value is a secret: a message names them and never shows what they hold. */
const SECRETS: ReadonlySet<string> = new Set(['MLFLOW_TRACKING_PASSWORD', 'MLFLOW_TRACKING_TOKEN']);

/**
 * Reads and checks the environment.
 * @throws ConfigError whose message has one line for each variable that cannot be used
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  const mistakes = parsed.success ? [] : parsed.error.issues.map((issue) => mistakeOf(issue, given));
  const { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password } = given;
  if ((username === undefined) !== (password === undefined)) {
    mistakes.push('MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD go together: set both or neither');
  }
  if (!parsed.success || mistakes.length > 0) {
    throw new ConfigError('config', mistakes.join('\n'));
  }
  return toConfig(parsed.data);
}

function mistakeOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0]);
  const shown = SECRETS.has(name) ? '' : `=${JSON.stringify(given[name])}`;
  return `${name}${shown} ${issue.message}`;
}

function toConfig(vars: z.output<typeof environment>): Config {
  return {
    host: vars.HOST,
    port: vars.PORT,
    logLevel: vars.LOG_LEVEL,
    mlflow: mlflowConfig(vars),
    ...(vars.MODEL_NAME !== undefined && { modelName: vars.MODEL_NAME }),
    upload: uploadConfig(vars),
    training: trainingConfig(vars),
    memory: memoryConfig(vars),
    connections: connectionsConfig(vars),
  };
}
