import { posix } from 'node:path';
import { z } from 'zod';
import { FieldError, quote } from '../../errors.ts';
import type { TrainFields } from '../../training/train.ts';

/** Multer's body: text, or several where a field was repeated. */
export type FormBody = Readonly<Record<string, string | readonly string[]>>;

/** What Python's `float()` reads, the words inf and nan apart. */
const FLOAT = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const INTEGER = /^\s*\+?\d+\s*$/;
const ITERATIONS_MAX = 1_000_000_000;
/** numpy.random.RandomState takes an unsigned 32-bit seed. */
const SEED_MAX = 2 ** 32 - 1;
/** MLflow's own limits (its utils/validation.py). */
const EXPERIMENT_CHARS_MAX = 500;
const NAME_CHARS_MAX = 250;
const TAG_VALUE_CHARS_MAX = 4_000;

const decimal = (says: string, allowed: (value: number) => boolean) =>
  z
    .string()
    .refine((text) => FLOAT.test(text) && allowed(Number(text)), { error: says })
    .transform(Number);

const integer = (says: string, min: number, max: number) =>
  z
    .string()
    .refine((text) => INTEGER.test(text) && Number(text) >= min && Number(text) <= max, { error: says })
    .transform(Number);

const oneOf = <const T extends string>(words: readonly T[]) =>
  z.enum(words, { error: `wants one of ${words.join(', ')}` });

/** In any case, as Python writes it too. */
const flag = z
  .string()
  .toLowerCase()
  .pipe(oneOf(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off']))
  .transform((word) => ['true', '1', 'yes', 'on'].includes(word));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into names.
const CONTROL = /[\u0000-\u001f\u007f]/;

const name = (charsMax: number, bad?: RegExp, badSays = '') =>
  z
    .string()
    .trim()
    .refine((text) => text.length <= charsMax && !CONTROL.test(text) && !bad?.test(text), {
      error: `wants at most ${charsMax} characters, without control characters${badSays}`,
    });

/** MLflow's own rule, and # and ?, with which its `runs:/` addresses cannot be read. */
const modelName = name(NAME_CHARS_MAX, /[/:.%"'#?]/, ` and none of / : . % " ' # ?`);
/** `.` and `..` as well, which MLflow 3 takes for folders. Experiments can be called anything. */
const registeredName = name(
  NAME_CHARS_MAX,
  /[/:]|^\.$|^\.\./,
  ', / and :, and neither . alone nor .. in front',
);
const alias = z.string().refine((text) => /^[\w-]{1,255}$/.test(text) && !/^(latest|v\d+)$/i.test(text), {
  error: 'wants letters, digits, _ and -, and neither "latest" nor v1, v2 ..., which MLflow keeps for itself',
});

const aboveZero = (example: string) =>
  decimal(
    `wants a finite number above 0, such as ${example}`,
    (value) => Number.isFinite(value) && value > 0,
  );
const tol = aboveZero('1.0');
const ITERATIONS = `wants a whole number from 1 to ${ITERATIONS_MAX}, such as 100`;
const iterations = integer(ITERATIONS, 1, ITERATIONS_MAX);
const testSize = z
  .string()
  .refine(isTestSize, {
    error: 'wants a share between 0 and 1, such as 0.3, or a whole number of rows',
  })
  .transform(Number);

/** As in scikit-learn, 1.0 is a share that leaves nothing to train on, and 1 is one row. */
function isTestSize(text: string): boolean {
  const value = Number(text);
  return INTEGER.test(text)
    ? value >= 1 && Number.isSafeInteger(value)
    : FLOAT.test(text) && value > 0 && value < 1;
}

const several = z.array(z.string());

const form = z.strictObject({
  tol: tol.optional(),
  C: tol.optional(),
  iterations: iterations.optional(),
  max_iter: iterations.optional(),
  exp_name: name(EXPERIMENT_CHARS_MAX).optional(),
  target: z.string().optional(),
  positive: z.string().optional(),
  ignore: several.optional(),
  test_size: testSize.optional(),
  random_state: integer(`wants a whole number from 0 to ${SEED_MAX}`, 0, SEED_MAX).optional(),
  stratify: flag.optional(),
  solver: oneOf(['lbfgs', 'newton-cholesky', 'gradient-descent']).optional(),
  solver_tol: aboveZero('0.0001').optional(),
  class_weight: oneOf(['balanced', 'none']).optional(),
  missing: oneOf(['error', 'drop', 'mean', 'median', 'most_frequent']).optional(),
  dry_run: flag.optional(),
  run_name: name(NAME_CHARS_MAX).optional(),
  model_name: modelName.optional(),
  registered_model: registeredName.optional(),
  alias: alias.optional(),
  tags: several.optional(),
});

type FieldName = keyof z.output<typeof form>;
/** The form's field that holds the file. Multer hands the file on by itself; a text of that name is a mistake. */
export const FILE_FIELD = 'train_file';
const FIELDS = Object.keys(form.shape) as FieldName[];
const REPEATABLE: ReadonlySet<string> = new Set<FieldName>(['ignore', 'tags']);

/**
 * Checks the form's fields. An empty field is one not given.
 * @throws FieldError naming the field, its value and what it wants
 */
export function readForm(body: FormBody): TrainFields {
  const given = new Map<string, string | string[]>();
  for (const [field, value] of Object.entries(body)) {
    if (field === FILE_FIELD) throw fileAsText(value);
    if (!FIELDS.includes(field as FieldName)) throw unknownField(field);
    const values = (typeof value === 'string' ? [value] : [...value]).filter((text) => text.trim() !== '');
    if (values.length > 1 && !REPEATABLE.has(field)) {
      throw new FieldError('repeated_field', `${field} is given ${values.length} times: give it once.`, {
        field,
        actual: values.length,
      });
    }
    if (values.length > 0) given.set(field, REPEATABLE.has(field) ? values : (values[0] as string));
  }
  const parsed = form.safeParse(Object.fromEntries(given));
  if (!parsed.success) throw invalid(parsed.error.issues[0] as z.core.$ZodIssue, given);
  return toFields(parsed.data);
}

/** Names in the query string are refused: the form is the one place for fields. */
export function refuseQuery(query: Readonly<Record<string, unknown>>): void {
  const field = Object.keys(query)[0];
  if (field === undefined) return;
  throw new FieldError(
    'field_in_query',
    `${quote(field)} stands in the query string, which is not read: send it as a form field (curl -F ${FIELDS.includes(field as FieldName) ? field : 'name'}=...).`,
    { field },
  );
}

/** What curl sends where the @ was forgotten: the file's name instead of the file. */
function fileAsText(value: string | readonly string[]): FieldError {
  const text = String(value);
  return new FieldError(
    'missing_file',
    `train_file is the text ${quote(text)}, not a file: put an @ before its name (curl -F train_file=@data.csv).`,
    { field: FILE_FIELD, value: text },
  );
}

function unknownField(field: string): FieldError {
  return new FieldError(
    'unknown_field',
    `There is no field ${quote(field)}: see "allowed" for those there are.`,
    {
      field,
      allowed: [FILE_FIELD, ...FIELDS],
    },
  );
}

function invalid(issue: z.core.$ZodIssue, given: ReadonlyMap<string, string | string[]>): FieldError {
  const field = String(issue.path[0]);
  const value = String(given.get(field));
  return new FieldError(
    `invalid_${field.toLowerCase()}`,
    `${field} is ${quote(value)}, but ${issue.message}.`,
    {
      field,
      value,
    },
  );
}

/** A field and its other name are one field. */
function either<T>(first: string, a: T | undefined, second: string, b: T | undefined): T | undefined {
  if (a !== undefined && b !== undefined) {
    throw new FieldError(
      'repeated_field',
      `${first} and ${second} are two names of one field: give one of them.`,
      {
        field: second,
      },
    );
  }
  return a ?? b;
}

function toFields(data: z.output<typeof form>): TrainFields {
  if (data.alias !== undefined && data.registered_model === undefined) {
    throw new FieldError(
      'alias_without_model',
      'alias wants registered_model: name the registered model it is to point in.',
      {
        field: 'alias',
        value: data.alias,
      },
    );
  }
  return {
    C: either('tol', data.tol, 'C', data.C) ?? 1,
    maxIter: either('iterations', data.iterations, 'max_iter', data.max_iter) ?? 100,
    experimentName: data.exp_name ?? 'Default',
    ...(data.target !== undefined && { target: data.target }),
    ...(data.positive !== undefined && { positive: data.positive }),
    ignore: data.ignore ?? [],
    testSize: data.test_size ?? 0.3,
    randomState: data.random_state ?? 123,
    stratify: data.stratify ?? false,
    solver: data.solver ?? 'lbfgs',
    solverTol: data.solver_tol ?? 1e-4,
    classWeight: data.class_weight === 'balanced' ? 'balanced' : null,
    missing: data.missing ?? 'error',
    dryRun: data.dry_run ?? false,
    ...(data.run_name !== undefined && { runName: data.run_name }),
    ...(data.model_name !== undefined && { modelName: data.model_name }),
    ...(data.registered_model !== undefined && { registeredModelName: data.registered_model }),
    ...(data.alias !== undefined && { alias: data.alias }),
    tags: readTags(data.tags ?? []),
  };
}

/** `key=value`, repeated, or one JSON object. */
function readTags(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.flatMap((text) =>
    text.trimStart().startsWith('{') ? jsonTags(text) : [keyValue(text)],
  );
  for (const [key, value] of pairs) checkTag(key, value);
  return Object.fromEntries(pairs);
}

function keyValue(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw invalidTags(text, 'wants key=value, repeated, or one JSON object');
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

function jsonTags(text: string): [string, string][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidTags(text, 'starts like JSON but is none');
  }
  return Object.entries(parsed as Record<string, unknown>).map(([key, value]) => {
    if (typeof value === 'object') throw invalidTags(text, `wants text or a number for ${quote(key)}`);
    return [key, String(value)];
  });
}

function checkTag(key: string, value: string): void {
  if (!/^[/\w.\- :]{1,250}$/.test(key)) {
    throw invalidTags(key, 'wants keys of 1 to 250 letters, digits, blanks and _ - . / :');
  }
  // MLflow takes keys for paths, and refuses one that could be written shorter or leads out.
  if (posix.normalize(key) !== key || key === '.' || /^(\/|\.\.)/.test(key)) {
    throw invalidTags(key, 'wants keys that are no paths such as /a, a//b or ../a');
  }
  if (/^(mlflow|trainpost)\./.test(key)) {
    throw invalidTags(
      key,
      'wants keys that do not begin with mlflow. or trainpost., which belong to the services',
    );
  }
  if (value.length > TAG_VALUE_CHARS_MAX)
    throw invalidTags(key, `wants values of at most ${TAG_VALUE_CHARS_MAX} characters`);
}

function invalidTags(value: string, says: string): FieldError {
  return new FieldError('invalid_tags', `tags is ${quote(value)}, but ${says}.`, { field: 'tags', value });
}
