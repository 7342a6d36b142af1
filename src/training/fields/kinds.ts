import { posix } from 'node:path';
import { z } from 'zod';
import { quote } from '../../errors.ts';
import { codecOf } from '../../python/encodings.ts';
import { parseLiteral } from '../../python/literal.ts';

/**
 * How the text of a form's field becomes a value. An error message continues the sentence "tol is "x", but it ...": each
 * kind says what the value must be.
 */

/** What Python's `float()` reads, apart from the words inf and nan. */
const FLOAT = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
/** The words that Python's `float()` reads as infinity. */
const INFINITY = /^\s*\+?inf(inity)?\s*$/i;
const INTEGER = /^\s*\+?\d+\s*$/;
/** MLflow's own limit (its utils/validation.py). */
const TAG_VALUE_CHARS_MAX = 4_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: names must not have these characters.
const CONTROL = /[\u0000-\u001f\u007f]/;

export const text = z.string();

export const texts = z.array(z.string());

/** A number above 0 that may be infinite. As in Python, a number that no double can hold is infinite. */
export const aboveZeroOrInfinite = (example: string, infinitySays: string) =>
  z
    .string()
    .refine((value) => INFINITY.test(value) || (FLOAT.test(value) && Number(value) > 0), {
      error: `must be a number above 0, such as ${example}, or inf for ${infinitySays}`,
    })
    .transform((value) => (INFINITY.test(value) ? Number.POSITIVE_INFINITY : Number(value)));
export const zeroOrMore = (example: string) =>
  z
    .string()
    .refine((value) => FLOAT.test(value) && Number.isFinite(Number(value)) && Number(value) >= 0, {
      error: `must be a finite number of 0 or more, such as ${example}`,
    })
    .transform((value) => Math.abs(Number(value)));

export const wholeNumber = (min: number, max: number, example: string) =>
  z
    .string()
    .refine((value) => INTEGER.test(value) && Number(value) >= min && Number(value) <= max, {
      error: `must be a whole number from ${min} to ${max}${example}`,
    })
    .transform(Number);

/** A share of the rows or a number of rows. As in scikit-learn, 1.0 is a share that leaves nothing to train on. */
export const rowsOrShare = z
  .string()
  .refine(
    (value) =>
      INTEGER.test(value)
        ? Number(value) >= 1 && Number.isSafeInteger(Number(value))
        : FLOAT.test(value) && Number(value) > 0 && Number(value) < 1,
    { error: 'must be a share between 0 and 1, such as 0.3, or a whole number of rows' },
  )
  .transform(Number);

export const oneOf = <const Word extends string>(words: readonly Word[]) =>
  z
    .string()
    .trim()
    .pipe(z.enum(words, { error: `must be one of ${words.join(', ')}` }));

/** The weights of the classes; without weights it is null. */
export const classWeight = z
  .string()
  .transform((text) => text.replace(/^\s*None\s*$/, 'none'))
  .pipe(oneOf(['balanced', 'none']))
  .transform((word) => (word === 'balanced' ? word : null));

/** A delimiter as pandas takes it: a character, its escape in a regular expression, or any number of blanks. */
export const separator = z
  .string()
  .transform((value) => (value === '\t' ? '\\t' : value))
  .refine(
    (value) => /^(?:[^\r\n"\p{L}\p{N}\\]|\\t|\\s\+|\\x[0-9a-f]{2}|\\[^\r\n"\p{L}\p{N}])$/iu.test(value),
    {
      error:
        'must be one character that is neither a letter, a digit nor a quote, or \\t for a tab, or \\s+ for blanks',
    },
  );

/** The sign between groups of digits. */
export const groupSign = z.string().refine((value) => /^[^\p{L}\p{N}\r\n"+-]$/u.test(value), {
  error: 'must be one character that is neither a letter, a digit, a quote nor a sign',
});

/** A name of an encoding, as Python knows it. */
export const encoding = z.string().refine((value) => codecOf(value) !== undefined, {
  error: 'must be an encoding by its name in Python, such as utf-8, latin-1, cp1252, utf-16 or gbk',
});

/** Takes any case, and what Python prints. */
export const flag = z
  .string()
  .toLowerCase()
  .pipe(oneOf(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off']))
  .transform((word) => ['true', '1', 'yes', 'on'].includes(word));

/** The kind of each value, by the kind of several. */
const partOf = new WeakMap<z.core.$ZodType, z.core.$ZodType>();

/** One value or several, which are separated by commas, or in the field repeated. */
export const several = <Kind extends z.ZodType>(kind: Kind) => {
  const list = z.array(z.string()).transform((given, context): readonly z.output<Kind>[] =>
    given
      .flatMap((text) => text.split(','))
      .flatMap((text) => {
        const read = kind.safeParse(text.trim());
        if (read.success) return [read.data];
        const message = read.error.issues[0]?.message ?? 'cannot be read';
        context.addIssue({ code: 'custom', message, params: { value: text.trim() } });
        return [];
      }),
  );
  partOf.set(list, kind);
  return list;
};

/** Whether a field takes several values, each of this kind. */
export function isSeveral(kind: z.ZodType): boolean {
  return partOf.has(kind);
}

/** The words of a kind that takes one of several words. */
export function wordsOf(kind: z.core.$ZodType): readonly string[] | undefined {
  if (kind instanceof z.ZodEnum) return kind.options as string[];
  if (!(kind instanceof z.ZodPipe)) return undefined;
  return wordsOf(kind.in) ?? wordsOf(kind.out);
}

/** The words of each value of a kind that takes several. */
export function wordsOfEach(kind: z.ZodType): readonly string[] | undefined {
  const part = partOf.get(kind);
  return part && wordsOf(part);
}

const COLUMN = /^column:(.+)$/s;

/** How test rows are chosen. No text means `file`: the form then has a test file. */
type SplitChoice =
  | { readonly by: 'random' | 'last' | 'file' }
  | { readonly by: 'column'; readonly column: string };

export const splitBy = z.string().transform((text, context): SplitChoice => {
  const word = text.trim();
  if (word === 'random' || word === 'last') return { by: word } as const;
  const column = COLUMN.exec(text)?.[1];
  if (column !== undefined) return { by: 'column', column } as const;
  context.addIssue({
    code: 'custom',
    message: 'must be random, last, or column:NAME with the name of a column',
  });
  return z.NEVER;
});

export const name = (charsMax: number, bad?: RegExp, badSays = '') =>
  z
    .string()
    .trim()
    .refine((value) => value.length <= charsMax && !CONTROL.test(value) && !bad?.test(value), {
      error: `must have at most ${charsMax} characters, without control characters${badSays}`,
    });

/** A number from 0 to 1; or an objective, whose text `planOf` parses. */
export const threshold = z.string().transform((given, context): number | string => {
  const word = given.trim();
  if (/^(?:max|min)\s*\(/.test(word)) return word;
  const value = Number(word);
  if (word !== '' && value >= 0 && value <= 1) return value;
  context.addIssue({
    code: 'custom',
    message: 'must be a number from 0 to 1, or max(EXPRESSION) or min(EXPRESSION), such as min(5*fn + fp)',
  });
  return z.NEVER;
});

/** An id of a run, as MLflow itself checks it. */
export const runId = z
  .string()
  .trim()
  .refine((value) => /^[a-zA-Z0-9][\w-]{0,255}$/.test(value), {
    error: 'must be the id of a run, such as 0123456789abcdef0123456789abcdef',
  });

/** MLflow reserves `latest`, `v1`, `v2` ... */
export const alias = z
  .string()
  .refine((value) => /^[\w-]{1,255}$/.test(value) && !/^(latest|v\d+)$/i.test(value), {
    error:
      'must have only letters, digits, _ and -, and must not be "latest" or v1, v2 ..., which MLflow reserves',
  });

/** `key=value`, repeated, or one object in JSON or as Python prints it. */
export const tags = z.array(z.string()).transform((given, context): Readonly<Record<string, string>> => {
  const pairs = given.flatMap((one) => {
    const read = one.trimStart().startsWith('{') ? jsonTags(one) : keyValue(one);
    if (typeof read !== 'string') return read;
    context.addIssue({ code: 'custom', message: read, params: { value: one } });
    return [];
  });
  for (const [key, value] of pairs) {
    const refusal = refuseTag(key, value);
    if (refusal !== undefined) context.addIssue({ code: 'custom', message: refusal, params: { value: key } });
  }
  return Object.fromEntries(pairs);
});

type Pairs = [string, string][];

/** @returns the pair, or what is wrong */
function keyValue(given: string): Pairs | string {
  const at = given.indexOf('=');
  if (at < 1) return 'must be key=value, repeated, or one JSON object';
  return [[given.slice(0, at).trim(), given.slice(at + 1)]];
}

/** @returns the pairs, or what is wrong */
function jsonTags(given: string): Pairs | string {
  let parsed: unknown;
  try {
    parsed = parseLiteral(given);
  } catch {
    return 'must be valid JSON if it begins with {';
  }
  const entries = Object.entries(parsed as Record<string, unknown>);
  const [nested] = entries.find(([, value]) => typeof value === 'object') ?? [];
  if (nested !== undefined) return `must have text or a number for ${quote(nested)}`;
  return entries.map(([key, value]) => [key, String(value)]);
}

/** What is wrong with a tag; undefined if MLflow accepts it. */
function refuseTag(key: string, value: string): string | undefined {
  if (!/^[/\w.\- :]{1,250}$/.test(key)) {
    return 'must have keys of 1 to 250 letters, digits, spaces and _ - . / :';
  }
  // MLflow treats keys as paths, and rejects a path that could be shorter or leads outside.
  if (posix.normalize(key) !== key || key === '.' || /^(\/|\.\.)/.test(key)) {
    return 'must have keys that are not paths such as /a, a//b or ../a';
  }
  if (/^(mlflow|trainpost)\./.test(key)) {
    return 'must have keys that do not begin with mlflow. or trainpost., which are reserved';
  }
  if (value.length > TAG_VALUE_CHARS_MAX) {
    return `must have values of at most ${TAG_VALUE_CHARS_MAX} characters`;
  }
  return undefined;
}
