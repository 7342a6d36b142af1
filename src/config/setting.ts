import type { z } from 'zod';
import type { Kind } from './kind.ts';

/** A limit that a client can meet, and the answer that the client gets beyond it. */
interface Limit {
  readonly bounds: string;
  readonly status: number;
  /** The codes that the problem can have; with status 202, the codes that `last_error` of the delivery can have. */
  readonly codes: readonly string[];
}

interface About {
  /** For the person who sets the variable: what it sets. */
  readonly meaning: string;
  /** Why this default. */
  readonly reason?: string;
  /** What applies while the variable is not set, in words, if the default itself does not say it. */
  readonly unset?: string;
  readonly limits?: readonly Limit[];
}

/**
 * One row of the table in settings.ts: a variable of the environment, and everything that is known about it. The type of
 * the config, the check at start, GET /limits and docs/settings.md come from the rows. To add a setting:
 * 1. Add a row: the variable, its kind (numbers.ts, texts.ts), the default, the reason and the meaning.
 * 2. If a client can meet it as a limit, add `limits`: status and codes of the answer beyond it.
 * 3. Add a field of the same name to the options of the room that uses it. service.ts passes on the whole group.
 * 4. Run `npm run docs`, and tell users in CHANGELOG.md.
 */
export interface Setting<Value = unknown> extends About {
  /** Name of the variable. */
  readonly name: string;
  readonly kind: Kind<Value>;
  readonly default?: Value;
}

type Settings = Readonly<Record<string, Setting>>;

/** Settings that belong together: one object of the config, and one heading of docs/settings.md. */
export interface Group<Rows extends Settings = Settings> {
  readonly title: string;
  readonly settings: Rows;
}

export function setting<Value>(
  name: string,
  kind: Kind<Value>,
  value: NoInfer<Value>,
  about: About & { readonly reason: string },
): Setting<Value> & { readonly default: Value } {
  return { name, kind, default: value, ...about };
}

/** A setting without a default. */
export function optional<Value>(
  name: string,
  kind: Kind<Value>,
  about: About & { readonly unset: string },
): Setting<Value> {
  return { name, kind, ...about };
}

export function limit(bounds: string, status: number, ...codes: readonly string[]): Limit {
  return { bounds, status, codes };
}

export function group<Rows extends Settings>(title: string, settings: Rows): Group<Rows> {
  return { title, settings };
}

type SchemaOf<Row> = Row extends { readonly kind: Kind<infer Value>; readonly default: unknown }
  ? z.ZodDefault<z.ZodType<Value, string>>
  : Row extends { readonly kind: Kind<infer Value> }
    ? z.ZodExactOptional<z.ZodType<Value, string>>
    : never;

/** The schema of all groups. Its output is the config. */
export type SchemaOfAll<Groups extends Readonly<Record<string, Group>>> = z.ZodObject<{
  [Name in keyof Groups]: z.ZodReadonly<
    z.ZodObject<{ [Key in keyof Groups[Name]['settings']]: SchemaOf<Groups[Name]['settings'][Key]> }>
  >;
}>;
