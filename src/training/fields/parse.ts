import { FieldError, quote } from '../../errors.ts';
import { FIELD_NAMES, FIELD_ROWS, FILE_FIELD, type FieldRow, GROUPS, type TrainFields } from './table.ts';

/** A parsed form: text, or several texts if a field was repeated. */
export type FormBody = Readonly<Record<string, string | readonly string[]>>;

/**
 * Checks a form's fields and fills in the defaults. An empty field counts as not given.
 * @throws FieldError naming the field, its value and what it must be
 */
export function parseFields(body: FormBody): TrainFields {
  const given = givenFields(body);
  const groups = Object.fromEntries(
    Object.keys(GROUPS).map((group) => [group, {} as Record<string, unknown>]),
  );
  for (const [key, row] of FIELD_ROWS) {
    const value = readField(row, given);
    if (value !== undefined) (groups[row.group] as Record<string, unknown>)[key] = value;
  }
  // The loop above builds exactly what the table's types say; the compiler cannot follow it.
  const fields = groups as unknown as TrainFields;
  checkTogether(fields);
  return fields;
}

/** The fields of an empty form. */
export const DEFAULT_FIELDS: TrainFields = parseFields({});

function isRepeatable({ kind }: FieldRow): boolean {
  return kind.safeParse([]).success;
}

function rowNamed(field: string): FieldRow | undefined {
  return FIELD_ROWS.find(([, { names }]) => names.includes(field))?.[1];
}

/** The texts of each field that is not empty. */
function givenFields(body: FormBody): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, readonly string[]>();
  for (const [field, value] of Object.entries(body)) {
    if (field === FILE_FIELD) throw fileAsText(value);
    const row = rowNamed(field);
    if (row === undefined) throw unknownField(field);
    const isGiven = (text: string) => (row.mayBeBlank === true ? text : text.trim()) !== '';
    const values = (typeof value === 'string' ? [value] : [...value]).filter(isGiven);
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
function checkTogether({
  names: { alias, registeredModelName },
  data: { decimal, thousands },
}: TrainFields): void {
  if (alias !== undefined && registeredModelName === undefined) {
    throw new FieldError(
      'alias_without_model',
      'alias needs registered_model: name the registered model that the alias belongs to.',
      { field: 'alias', value: alias },
    );
  }
  if (thousands !== undefined && thousands === decimal) {
    throw invalid('thousands', thousands, 'must be another sign than decimal');
  }
}

/** curl sends the file's name instead of the file if the @ was forgotten. */
function fileAsText(value: string | readonly string[]): FieldError {
  const text = String(value);
  return new FieldError(
    'missing_file',
    `${FILE_FIELD} is the text ${quote(text)}, not a file: put an @ before its name (curl -F ${FILE_FIELD}=@data.csv).`,
    { field: FILE_FIELD, value: text },
  );
}

function unknownField(field: string): FieldError {
  return new FieldError(
    'unknown_field',
    `Unknown field ${quote(field)}: the valid fields are listed in "allowed".`,
    { field, allowed: [FILE_FIELD, ...FIELD_NAMES] },
  );
}

function invalid(field: string, value: string, says: string): FieldError {
  const code = `invalid_${field.toLowerCase()}`;
  return new FieldError(code, `${field} is ${quote(value)}, but it ${says}.`, { field, value });
}
