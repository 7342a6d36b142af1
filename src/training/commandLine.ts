import { isDeepStrictEqual } from 'node:util';
import { EVALUATE_FORM, type EvaluateFields } from './fields/evaluateTable.ts';
import {
  FIELD_ROWS,
  FILE_FIELD,
  type FieldRow,
  type FormTable,
  TEST_FILE_FIELD,
  type TrainFields,
} from './fields/table.ts';
import { idleFields } from './fields/use.ts';

/** Names in MLflow come from the client's own choice each time. */
const LEFT_OUT: readonly string[] = ['dryRun', 'alias', 'runName'];

/**
 * The curl command that trains the same model again. The address is for the reader to fill in: a service may have several.
 * @param fileName the training file's name at the client
 */
export function commandLine(fields: TrainFields, fileName: string, testFileName?: string): string {
  const files = [`${FILE_FIELD}=@${fileName}`];
  if (testFileName !== undefined) files.push(`${TEST_FILE_FIELD}=@${testFileName}`);
  return curl('train', [...files, ...fieldParts(FIELD_ROWS, fields, [...LEFT_OUT, ...idleFields(fields)])]);
}

/** The curl command that measures the same model again. */
export function evaluateCommand(fields: EvaluateFields, fileName: string): string {
  return curl('evaluate', [
    `${TEST_FILE_FIELD}=@${fileName}`,
    ...fieldParts(EVALUATE_FORM.rows, fields, LEFT_OUT),
  ]);
}

function curl(path: string, parts: readonly string[]): string {
  return [`curl "$TRAINPOST_URL/${path}"`, ...parts.map((part) => `-F ${quoted(part)}`)].join(' \\\n  ');
}

/** `name=value` for each field that is not at its default. */
function fieldParts(
  rows: FormTable['rows'],
  fields: Readonly<Partial<Record<FieldRow['group'], object>>>,
  leftOut: readonly string[],
): readonly string[] {
  const parts: string[] = [];
  for (const [key, row] of rows) {
    const group = (fields[row.group] ?? {}) as Readonly<Record<string, unknown>>;
    const value = group[key];
    if (value === undefined || leftOut.includes(key)) continue;
    if (isDeepStrictEqual(value, row.default)) continue;
    // The only truth value that is written as a word.
    if (key === 'keepAll') parts.push(`${row.names[0]}=all`);
    else for (const text of textsOf(value)) parts.push(`${row.names.at(-1)}=${text}`);
  }
  return parts;
}

/** A value as the form has it; several texts for a field that is repeated. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    const texts = value.map(textOf);
    return typeof value[0] === 'number' ? [texts.join(',')] : texts;
  }
  if (typeof value !== 'object' || value === null) return [textOf(value)];
  if ('by' in value) return ['column' in value ? `column:${value.column}` : String(value.by)];
  return Object.entries(value).map(([name, text]) => `${name}=${text}`);
}

function textOf(value: unknown): string {
  if (value === null) return 'none';
  return value === Number.POSITIVE_INFINITY ? 'inf' : String(value);
}

/** A text in single quotes, as shells read it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
