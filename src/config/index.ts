import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { type AccessConfig, accessConfig, accessMistake, accessSettings } from './access.ts';
import { type AnswersConfig, answersConfig, answersSettings } from './answers.ts';
import { type ConnectionsConfig, connectionsConfig, connectionsSettings } from './connections.ts';
import { type DeliveryConfig, deliveryConfig, deliverySettings } from './delivery.ts';
import { wholeNumber } from './kinds.ts';
import { type MemoryConfig, memoryConfig, memorySettings } from './memory.ts';
import { type MlflowConfig, mlflowConfig, mlflowSettings } from './mlflow.ts';
import { type SpoolConfig, spoolConfig, spoolSettings } from './spool.ts';
import { type TrainingConfig, trainingConfig, trainingSettings } from './training.ts';
import { type UploadConfig, uploadConfig, uploadSettings } from './upload.ts';

export type { MlflowConfig };

/** What the service can be told by its environment; README.md has the table. An empty variable is one not set. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly access: AccessConfig;
  readonly mlflow: MlflowConfig;
  /** Name of a logged model where the form gives none; `<file stem>-model` where it is not set. */
  readonly modelName?: string;
  readonly upload: UploadConfig;
  readonly training: TrainingConfig;
  readonly memory: MemoryConfig;
  readonly connections: ConnectionsConfig;
  readonly spool: SpoolConfig;
  readonly delivery: DeliveryConfig;
  readonly answers: AnswersConfig;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** This machine only. */
const HOST = '127.0.0.1';

/** A group of settings a file; a group's file has their defaults, each with its reason. */
const environment = z.object({
  HOST: z.string().default(HOST),
  PORT: wholeNumber(0, 65_535).default(5005),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `wants one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  MODEL_NAME: z
    .string()
    .regex(/^[^/:.%"'#?]{1,250}$/, { error: 'wants 1 to 250 characters, none of / : . % " \' # ?' })
    .optional(),
  ...accessSettings,
  ...mlflowSettings,
  ...uploadSettings,
  ...trainingSettings,
  ...memorySettings,
  ...connectionsSettings,
  ...spoolSettings,
  ...deliverySettings,
  ...answersSettings,
});

/** Variables whose value is a secret: a message names them and never shows what they hold. */
const SECRETS: ReadonlySet<string> = new Set([
  'MLFLOW_TRACKING_PASSWORD',
  'MLFLOW_TRACKING_TOKEN',
  'TRAINPOST_TOKEN',
]);
/** Name and password in an address, whatever else is wrong with it. */
const BEFORE_HOST = /^.*@/s;

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
  const notClosed = accessMistake(given['HOST'] ?? HOST, given['TRAINPOST_TOKEN']);
  if (notClosed !== undefined) mistakes.push(notClosed);
  if (!parsed.success || mistakes.length > 0) {
    throw new ConfigError('config', mistakes.join('\n'));
  }
  return toConfig(parsed.data);
}

function mistakeOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0]);
  const shown = SECRETS.has(name) ? '' : `=${JSON.stringify(given[name]?.replace(BEFORE_HOST, '***@'))}`;
  return `${name}${shown} ${issue.message}`;
}

function toConfig(vars: z.output<typeof environment>): Config {
  return {
    host: vars.HOST,
    port: vars.PORT,
    logLevel: vars.LOG_LEVEL,
    access: accessConfig(vars),
    mlflow: mlflowConfig(vars),
    ...(vars.MODEL_NAME !== undefined && { modelName: vars.MODEL_NAME }),
    upload: uploadConfig(vars),
    training: trainingConfig(vars),
    memory: memoryConfig(vars),
    connections: connectionsConfig(vars),
    spool: spoolConfig(vars),
    delivery: deliveryConfig(vars),
    answers: answersConfig(vars),
  };
}
