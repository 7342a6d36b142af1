import { FieldError, quote } from '../../errors.ts';
import { EVALUATE_FORM, type EvaluateFields } from './evaluateTable.ts';
import { checkReproduce } from './reproduce.ts';
import {
  FIELD_ROWS,
  type FieldRow,
  type FormTable,
  GROUPS,
  TEST_FILE_FIELD,
  TRAIN_FORM,
  type TrainFields,
} from './table.ts';
import { idleFields } from './use.ts';

/** A parsed form: text, or several texts if a field was repeated. */
export type FormBody = Readonly<Record<string, string | readonly string[]>>;

/** The end of a text that came from a file or a shell, and the mark at the start of a file of Windows. */
const AROUND = /^\uFEFF|(?:\r\n|\r|\n)$/g;
const LINE_END = /\r\n|\r|\n/;
const DELIMITERS = /[,;\t|]/g;
/** As many lines are no name and no number, even if a name has a line end in it. */
const TABLE_LINES_MIN = 5;
/** A tag: its value may have several lines. */
const TAG = /^[^=,;\t|\r\n]+=/;
/** The name of a file, or what JavaScript makes of an object that is no file. */
const FILE_NAME = /^(?:[^,;|"\t\r\n]{1,250}\.[a-z][a-z0-9]{0,9}|\[object \w+\]|undefined|null)$/i;

/**
 * Checks a form's fields and fills in the defaults. An empty field counts as not given, and so does Python's `None`. One
 * line end at the end of a field is ignored.
 * @param hasTestFile whether the form has a file in `test_file`; then no field may choose the test rows
 * @throws FieldError naming the field, its value and what it must be
 */
export function parseFields(body: FormBody, hasTestFile = false): TrainFields {
  const given = givenFields(body, TRAIN_FORM);
  const read = readFields<TrainFields>(given, TRAIN_FORM);
  const fields: TrainFields = hasTestFile
    ? { ...read, split: { ...read.split, split: { by: 'file' } } }
    : read;
  checkTogether(fields, given);
  return fields;
}

/** Checks the fields of an evaluation, as `parseFields` does. @throws FieldError also `missing_model` */
export function parseEvaluateFields(
  body: FormBody,
): EvaluateFields & { readonly model: { readonly model: string } } {
  const fields = readFields<EvaluateFields>(givenFields(body, EVALUATE_FORM), EVALUATE_FORM);
  checkSigns(fields.data);
  checkPromotion(fields);
  const { model } = fields.model;
  if (model !== undefined) return { ...fields, model: { model } };
  throw new FieldError(
    'missing_model',
    'The form names no model: send its address in model (curl -F model=models:/NAME@ALIAS).',
    { field: 'model' },
  );
}

function readFields<Fields>(given: ReadonlyMap<string, readonly string[]>, { rows }: FormTable): Fields {
  const groups = Object.fromEntries(
    Object.keys(GROUPS).map((group) => [group, {} as Record<string, unknown>]),
  );
  for (const [key, row] of rows) {
    const value = readField(row, given);
    if (value !== undefined) (groups[row.group] as Record<string, unknown>)[key] = value;
  }
  // The loop above builds exactly what the table's types say; the compiler cannot follow it.
  return groups as Fields;
}

/** The fields of an empty form. */
export const DEFAULT_FIELDS: TrainFields = parseFields({});

function isRepeatable({ kind }: FieldRow): boolean {
  return kind.safeParse([]).success;
}

function rowNamed(field: string, { rows }: FormTable): FieldRow | undefined {
  return rows.find(([, { names }]) => names.includes(field))?.[1];
}

/** The texts of each field that is not empty. */
function givenFields(body: FormBody, form: FormTable): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, readonly string[]>();
  for (const [field, value] of Object.entries(body)) {
    const texts = [value].flat().map(withoutLineEnd);
    const row = rowNamed(field, form);
    const isGiven = (text: string) => (row?.mayBeBlank === true ? text : text.trim()) !== '';
    const values = texts.filter((text) => isGiven(text) && !isNone(text, row));
    if (form.files.includes(field)) {
      // A browser sends an empty text if no file was chosen.
      if (values[0] !== undefined) throw fileAsText(field, values[0]);
      continue;
    }
    if (row === undefined) throw unknownField(field, form);
    if (values.some((text) => isTable(text, field))) throw tableAsText(field, form);
    if (values.length > 1 && !isRepeatable(row)) {
      throw new FieldError('repeated_field', `${field} is given ${values.length} times: give it once.`, {
        field,
        actual: values.length,
      });
    }
    if (values.length > 0) given.set(field, values);
  }
  return given;
}

/** Whether Python has printed that the field has no value. In the file, `None` may be a name or a label. */
function isNone(text: string, row: FieldRow | undefined): boolean {
  return text.trim() === 'None' && row !== undefined && row.ofFile !== true && row.takesNone !== true;
}

function withoutLineEnd(text: string): string {
  return text.replaceAll(AROUND, '');
}

/** Whether the text is only the name of a file, as a client sends it that forgets to open the file. */
export function isFileName(text: string): boolean {
  return FILE_NAME.test(withoutLineEnd(text));
}

/** Whether the text is the content of a table: many lines, or two with the same number of delimiters. */
function isTable(text: string, field: string): boolean {
  if (/^\s*\{/.test(text) || (field === 'tags' && TAG.test(text))) return false;
  const [first = '', second = '', ...more] = text.split(LINE_END);
  const delimiters = first.match(DELIMITERS)?.length ?? 0;
  // Names of columns may stand on many lines.
  if (more.length + 2 >= TABLE_LINES_MIN && field !== 'ignore') return true;
  return delimiters > 0 && second.match(DELIMITERS)?.length === delimiters;
}

function readField(row: FieldRow, given: ReadonlyMap<string, readonly string[]>): unknown {
  const used = row.names.filter((name) => given.has(name));
  const [first, second] = used;
  if (first === undefined) return row.default;
  if (second !== undefined) {
    throw new FieldError(
      'repeated_field',
      `${first} and ${second} are two names of one field: give one of them.`,
      { field: second },
    );
  }
  const texts = given.get(first) as readonly string[];
  const parsed = row.kind.safeParse(isRepeatable(row) ? texts : texts[0]);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const value = issue?.code === 'custom' ? (issue.params?.['value'] ?? texts[0]) : texts[0];
  throw invalid(first, String(value), issue?.message ?? 'cannot be read');
}

/** Rules about two fields. */
function checkTogether(fields: TrainFields, given: ReadonlyMap<string, readonly string[]>): void {
  const { alias, registeredModelName } = fields.names;
  checkReproduce(given);
  const idle = new Set(idleFields(fields));
  const chooser = fields.split.split.by === 'file' ? TEST_FILE_FIELD : `split=${given.get('split')}`;
  for (const [key, { names }] of FIELD_ROWS) {
    const field = names.find((one) => given.has(one));
    if (!idle.has(key) || field === undefined) continue;
    throw new FieldError('idle_field', `${field} has no meaning with ${chooser}: leave one of them out.`, {
      field,
    });
  }
  checkSigns(fields.data);
  checkAlias(alias, registeredModelName);
}

/** An alias moves to a model only after gates, so all three fields belong together. */
function checkPromotion({ names: { alias, registeredModelName }, gates: { gates } }: EvaluateFields): void {
  checkAlias(alias, registeredModelName);
  if (registeredModelName !== undefined && alias === undefined) {
    throw new FieldError(
      'idle_field',
      'registered_model has no meaning without alias: give the alias that moves if all gates hold.',
      { field: 'registered_model' },
    );
  }
  if (alias === undefined || gates.length > 0) return;
  throw new FieldError(
    'alias_without_gate',
    'alias moves to the model if all gates hold: give at least one gate.',
    { field: 'alias', value: alias },
  );
}

function checkAlias(alias: string | undefined, registeredModelName: string | undefined): void {
  if (alias === undefined || registeredModelName !== undefined) return;
  throw new FieldError(
    'alias_without_model',
    'alias needs registered_model: name the registered model that the alias belongs to.',
    { field: 'alias', value: alias },
  );
}

function checkSigns({ decimal, thousands }: TrainFields['data'] | EvaluateFields['data']): void {
  if (thousands === undefined || thousands !== decimal) return;
  throw invalid('thousands', thousands, 'must be another sign than decimal');
}

/** A client sends the file's name if curl's @ or Python's `open` was forgotten. Other text may be a file's, and is not repeated. */
function fileAsText(field: string, text: string): FieldError {
  const isName = isFileName(text);
  const says = isName ? `the text ${quote(text)}` : 'one line of text';
  return new FieldError(
    'missing_file',
    `${field} is ${says}, not a file: put an @ before the file's name (curl -F ${field}=@data.csv), open the file (Python), or send a Blob (JavaScript).`,
    { field, ...(isName && { value: text }) },
  );
}

/** The error for a table in a field that holds text. The table is not repeated. */
function tableAsText(field: string, { files: [file] }: FormTable): FieldError {
  return new FieldError(
    'unexpected_file',
    `The field ${field} holds a table, but the file belongs in ${file}: send it there (curl -F ${file}=@data.csv).`,
    { field },
  );
}

export function unknownField(field: string, { files, names }: FormTable): FieldError {
  return new FieldError(
    'unknown_field',
    `Unknown field ${quote(field)}: the valid fields are listed in "allowed".`,
    { field, allowed: [...files, ...names] },
  );
}

function invalid(field: string, value: string, says: string): FieldError {
  const code = `invalid_${field.toLowerCase()}`;
  // Several lines may be the content of a file, which is not repeated.
  if (LINE_END.test(value)) {
    return new FieldError(code, `${field} has several lines, but it ${says}.`, { field });
  }
  return new FieldError(code, `${field} is ${quote(value)}, but it ${says}.`, { field, value });
}
