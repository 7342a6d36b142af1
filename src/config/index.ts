import { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { accessMistake, accessOf } from './access.ts';
import type { Group, SchemaOfAll, Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const GROUPS: Readonly<Record<string, Group>> = SETTINGS;

const schema = z.object(
  mapValues(GROUPS, ({ settings }) => z.object(mapValues(settings, schemaOf)).readonly()),
) as unknown as SchemaOfAll<typeof SETTINGS>;

/** What the environment says, in the groups of the table. docs/settings.md has each variable. */
export type Config = z.output<typeof schema>;

/** Variables whose value is a secret: a message names the variable and never shows its value. */
const SECRETS: ReadonlySet<string> = new Set([
  'MLFLOW_TRACKING_PASSWORD',
  'MLFLOW_TRACKING_TOKEN',
  'TRAINPOST_TOKEN',
]);
/** Name and password in an address, even if the address is malformed. */
const BEFORE_HOST = /^.*@/s;

/**
 * Reads and checks the environment. An empty variable counts as not set.
 * @throws ConfigError whose message has one line for each variable that cannot be used
 */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(mapValues(GROUPS, ({ settings }) => textsOf(settings, given)));
  const mistakes = [
    ...(parsed.error?.issues ?? []).map((issue) => mistakeOf(issue, given)),
    ...contradictions(given),
  ];
  if (parsed.data === undefined || mistakes.length > 0) throw new ConfigError('config', mistakes.join('\n'));
  const { listen, access, ...others } = parsed.data;
  return { listen, access: accessOf(listen.host, access), ...others };
}

/** A line for each pair of settings that cannot stand together. */
function contradictions(given: Environment): string[] {
  const { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password } = given;
  const isHalfSet = (username === undefined) !== (password === undefined);
  const isInsecure = /^(true|1)$/i.test(given['MLFLOW_TRACKING_INSECURE_TLS'] ?? '');
  return [
    isInsecure &&
      given['MLFLOW_TRACKING_SERVER_CERT_PATH'] !== undefined &&
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH exclude each other: set one of them',
    isHalfSet && 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD go together: set both or neither',
    accessMistake(given['HOST'] ?? SETTINGS.listen.settings.host.default, given['TRAINPOST_TOKEN']),
  ].filter((line) => typeof line === 'string');
}

/** The text of each setting that is set. */
function textsOf(settings: Group['settings'], given: Environment) {
  const texts = Object.entries(mapValues(settings, ({ name }) => given[name]));
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

function mistakeOf({ path: [group, key], message }: z.core.$ZodIssue, given: Environment): string {
  const name = GROUPS[String(group)]?.settings[String(key)]?.name ?? '';
  const shown = SECRETS.has(name) ? '' : `=${JSON.stringify(given[name]?.replace(BEFORE_HOST, '***@'))}`;
  return `${name}${shown} ${message}`;
}

function schemaOf({ kind, default: usual }: Setting): z.ZodType {
  return usual === undefined ? z.exactOptional(kind.schema) : kind.schema.default(usual);
}

function mapValues<From, To>(object: Readonly<Record<string, From>>, map: (value: From) => To) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
