import { quote } from '../../errors.ts';
import { badBody } from './bodyError.ts';
import type { NamedColumns } from './columns.ts';

/** The forms of a JSON body. A body has exactly one of them. */
const FORMS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
const ALL_FORMS = FORMS.join(', ');
const SPLIT_KEYS: readonly string[] = ['data', 'columns', 'index'];
/** The method for probabilities in `params`, as in MLflow's own example. */
const PROBABILITIES = 'predict_proba';
const METHODS: readonly unknown[] = ['predict', PROBABILITIES];

type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonBody {
  readonly input: NamedColumns;
  /** Whether `params` asks for probabilities. */
  readonly proba: boolean;
}

/**
 * Reads the form of a parsed body.
 * @throws BodyError `malformed_body` if the body has no form or several, or if a form is malformed
 */
export function jsonBody(body: unknown): JsonBody {
  if (!isObject(body)) throw badBody(`The body must be a JSON object with one of ${ALL_FORMS}.`);
  const given = FORMS.filter((form) => Object.hasOwn(body, form));
  const [form] = given;
  if (form === undefined || given.length > 1) {
    const has = given.length === 0 ? 'none' : given.length;
    throw badBody(`The body has ${has} of the keys ${ALL_FORMS}: send exactly one.`, { allowed: FORMS });
  }
  const value = body[form];
  return { input: READERS[form](value), proba: asksForProbabilities(body) };
}

const READERS: Readonly<Record<(typeof FORMS)[number], (value: unknown) => NamedColumns>> = {
  dataframe_split: readSplit,
  dataframe_records: (value) => readRecords(value, 'dataframe_records'),
  instances: (value) => readRecords(value, 'instances'),
  inputs: readInputs,
};

function asksForProbabilities(body: JsonObject): boolean {
  const params = Object.hasOwn(body, 'params') ? body['params'] : undefined;
  if (!isObject(params) || !Object.hasOwn(params, 'predict_method')) return false;
  const { predict_method: method } = params;
  if (METHODS.includes(method)) return method === PROBABILITIES;
  throw badBody(`params.predict_method must be one of ${METHODS.join(', ')}.`, {
    field: 'params.predict_method',
    allowed: METHODS as readonly string[],
  });
}

function readSplit(value: unknown): NamedColumns {
  if (!isObject(value)) throw badBody('dataframe_split must be an object with columns and data.');
  const other = Object.keys(value).find((key) => !SPLIT_KEYS.includes(key));
  if (other !== undefined) {
    const says = `dataframe_split has the unknown key ${quote(other)}: use ${SPLIT_KEYS.join(', ')}.`;
    throw badBody(says, { allowed: SPLIT_KEYS });
  }
  const { data, columns, index } = value;
  if (!Array.isArray(data)) throw badBody('dataframe_split.data must be a list of rows.');
  if (columns != null && !Array.isArray(columns))
    throw badBody('dataframe_split.columns must be a list of names.');
  if (index != null && !(Array.isArray(index) && index.length === data.length))
    throw badBody('dataframe_split.index must be a list with an entry for each row.');
  const names = columns?.map(String);
  if (names !== undefined && data.length > 0 && data.every(isObject))
    return pick(fromObjects(data, null), names);
  return fromRows(data, names, 'dataframe_split.data');
}

/** Returns these columns, in this order. A column that is not there has no value. */
function pick({ rows, columns }: NamedColumns, names: readonly string[]): NamedColumns {
  const missing = new Array<null>(rows).fill(null);
  return { rows, columns: new Map(names.map((name) => [name, columns.get(name) ?? missing])) };
}

function readRecords(value: unknown, form: string): NamedColumns {
  if (!Array.isArray(value)) throw badBody(`${form} must be a list of rows.`);
  if (value.length > 0 && value.every(isObject)) {
    // As in MLflow, whose columns of instances would have different lengths.
    return fromObjects(value, form === 'instances' ? undefined : null);
  }
  return fromRows(value, undefined, form);
}

/**
 * Columns of rows that are objects.
 * @param hole stands for a key that a row does not have: null is a missing value, as in pandas, and undefined is an error
 */
function fromObjects(rows: readonly JsonObject[], hole: null | undefined): NamedColumns {
  const columns = new Map<string, unknown[]>();
  rows.forEach((row, at) => {
    for (const name of Object.keys(row)) {
      let values = columns.get(name);
      if (values === undefined) {
        values = new Array<unknown>(rows.length).fill(hole);
        columns.set(name, values);
      }
      values[at] = row[name];
    }
  });
  return { rows: rows.length, columns };
}

/** Columns of rows that are lists. Columns without names are 0, 1, and so on, as in pandas. */
function fromRows(
  data: readonly unknown[],
  given: readonly string[] | undefined,
  where: string,
): NamedColumns {
  const isFlat = data.length > 0 && data.every((row) => !Array.isArray(row) && !isObject(row));
  const rows = isFlat ? data.map((cell) => [cell]) : data;
  const odd = rows.findIndex((row) => !Array.isArray(row));
  if (odd >= 0)
    throw badBody(`Row ${odd + 1} of ${where} is not a list: send all rows as lists.`, { row: odd + 1 });
  const lists = rows as readonly (readonly unknown[])[];
  const width = lists.reduce((most, row) => Math.max(most, row.length), 0);
  const names = given ?? Array.from({ length: width }, (_, index) => String(index));
  if (lists.length > 0 && width !== names.length) {
    const says = `${where} has rows of ${width} values, but there are ${names.length} names in columns: send a name for each value.`;
    throw badBody(says, { limit: names.length, actual: width });
  }
  const columns = new Map(names.map((name, index) => [name, lists.map((row) => row[index] ?? null)]));
  return { rows: lists.length, columns };
}

function readInputs(value: unknown): NamedColumns {
  if (Array.isArray(value)) return readRecords(value, 'inputs');
  if (!isObject(value)) throw badBody('inputs must be an object of columns, or a list of objects.');
  const entries = Object.entries(value);
  const lists = entries.filter(([, column]) => Array.isArray(column)) as [string, unknown[]][];
  if (lists.length === 0) return { rows: 1, columns: new Map(entries.map(([name, cell]) => [name, [cell]])) };
  const rows = lists[0]![1].length;
  const columns = new Map(
    entries.map(([name, column]) => [
      name,
      Array.isArray(column) ? column : new Array<unknown>(rows).fill(column),
    ]),
  );
  const [odd] = [...columns].find(([, column]) => column.length !== rows) ?? [];
  if (odd !== undefined) {
    const says = `The columns of inputs have different lengths, for example ${quote(odd)}: send a value for each row.`;
    throw badBody(says, { column: odd, limit: rows, actual: columns.get(odd)!.length });
  }
  return { rows, columns };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
