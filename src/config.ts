import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { ConfigError } from './errors.ts';

/** What the service can be told by its environment; README.md has the table. An empty variable is one not set. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly mlflow: MlflowConfig;
  /** Name of a logged model where the form gives none; `<file stem>-model` where it is not set. */
  readonly modelName?: string;
  /** Where an upload lies until it is answered; one folder a process. */
  readonly tempDir: string;
  readonly uploadBytesMax: number;
  /** The most that a table may have. */
  readonly table: { readonly rows: number; readonly columns: number; readonly cells: number };
  readonly training: {
    readonly threads: number;
    /** Threads that read uploads and help with large fits. */
    readonly helpers: number;
    readonly waitingMax: number;
    readonly timeoutMs: number;
  };
}

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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

/** 200 MB: far above the CSV files that people post by hand, far below what fills a disk. */
const UPLOAD_BYTES_MAX = 200_000_000;
/** 5 million rows of 9 columns, packed, are some 100 MB, and 400 MB at worst. */
const ROWS_MAX = 5_000_000;
const COLUMNS_MAX = 1_000;
const CELLS_MAX = 50_000_000;
/** Trainings that may wait for a thread; one more is told to come back. */
const TRAININGS_WAITING_MAX = 16;
/** MLflow's own default, and the original's. */
const MLFLOW_LOCAL_PORT = 5000;
const CALL_TIMEOUT_MS = 30_000;
/** Five minutes: a hundred times what a million rows take. */
const TRAINING_TIMEOUT_MS = 300_000;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, {
      error: `wants a whole number from ${min} to ${max}`,
    })
    .transform(Number);

const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'wants an http:// or https:// address of an MLflow server, such as http://127.0.0.1:5000',
  })
  .transform((value) => value.replace(/\/+$/, ''));

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(5005),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `wants one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  MLFLOW_TRACKING_URI: httpUrl.optional(),
  MLFLOW_LOCAL_PORT: wholeNumber(1, 65_535).default(MLFLOW_LOCAL_PORT),
  MLFLOW_PUBLIC_URL: httpUrl.optional(),
  MLFLOW_TRACKING_USERNAME: z.string().optional(),
  MLFLOW_TRACKING_PASSWORD: z.string().optional(),
  MLFLOW_TRACKING_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, {
      error: 'wants a token without spaces, line ends and other characters that no header can have',
    })
    .optional(),
  MLFLOW_CALL_TIMEOUT_MS: wholeNumber(100, 3_600_000).default(CALL_TIMEOUT_MS),
  MODEL_NAME: z
    .string()
    .regex(/^[^/:.%"'#?]{1,250}$/, { error: 'wants 1 to 250 characters, none of / : . % " \' # ?' })
    .optional(),
  TEMP_DIR: z.string().default('temp'),
  UPLOAD_BYTES_MAX: wholeNumber(1, 100_000_000_000).default(UPLOAD_BYTES_MAX),
  ROWS_MAX: wholeNumber(1, 1_000_000_000).default(ROWS_MAX),
  COLUMNS_MAX: wholeNumber(2, 100_000).default(COLUMNS_MAX),
  CELLS_MAX: wholeNumber(2, 500_000_000).default(CELLS_MAX),
  TRAINING_THREADS: wholeNumber(1, 256).default(Math.max(1, availableParallelism() - 1)),
  TRAINING_HELPERS: wholeNumber(1, 256).default(Math.max(1, availableParallelism() - 1)),
  TRAINING_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(TRAINING_TIMEOUT_MS),
  TRAININGS_WAITING_MAX: wholeNumber(0, 100_000).default(TRAININGS_WAITING_MAX),
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
    mlflow: {
      localPort: vars.MLFLOW_LOCAL_PORT,
      ...(vars.MLFLOW_TRACKING_URI !== undefined && { trackingUri: vars.MLFLOW_TRACKING_URI }),
      ...(vars.MLFLOW_PUBLIC_URL !== undefined && { publicUrl: vars.MLFLOW_PUBLIC_URL }),
      ...(vars.MLFLOW_TRACKING_USERNAME !== undefined && { username: vars.MLFLOW_TRACKING_USERNAME }),
      ...(vars.MLFLOW_TRACKING_PASSWORD !== undefined && { password: vars.MLFLOW_TRACKING_PASSWORD }),
      ...(vars.MLFLOW_TRACKING_TOKEN !== undefined && { token: vars.MLFLOW_TRACKING_TOKEN }),
      callTimeoutMs: vars.MLFLOW_CALL_TIMEOUT_MS,
    },
    ...(vars.MODEL_NAME !== undefined && { modelName: vars.MODEL_NAME }),
    tempDir: vars.TEMP_DIR,
    uploadBytesMax: vars.UPLOAD_BYTES_MAX,
    table: { rows: vars.ROWS_MAX, columns: vars.COLUMNS_MAX, cells: vars.CELLS_MAX },
    training: {
      threads: vars.TRAINING_THREADS,
      helpers: vars.TRAINING_HELPERS,
      waitingMax: vars.TRAININGS_WAITING_MAX,
      timeoutMs: vars.TRAINING_TIMEOUT_MS,
    },
  };
}
