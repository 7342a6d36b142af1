import type { Fields } from '../../client.ts';
import { PLAIN_FIELDS, type PlainField } from '../../training/fields/plainFields.ts';

/** Fields that are no setting of a training: the page sends them when it needs them. */
const LEFT_OUT: ReadonlySet<string> = new Set(['dry_run']);

/** The fields that the page shows, in the order of the table. */
export const SHOWN_FIELDS: readonly PlainField[] = PLAIN_FIELDS.filter(({ name }) => !LEFT_OUT.has(name));

const BY_NAME = new Map(PLAIN_FIELDS.flatMap((row) => [row.name, ...row.others].map((name) => [name, row])));

/** The row of a field by any of its names. */
export function rowOf(name: string): PlainField {
  const row = BY_NAME.get(name);
  if (row === undefined) throw new Error(`There is no field ${name}.`);
  return row;
}

/** The first name of a field by any of its names; undefined if it is no field of the form. */
export function firstName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : BY_NAME.get(name)?.name;
}

/** The given texts as the client sends them: a list repeats its field. */
export function fieldsOf(form: Readonly<Record<string, readonly string[]>>): Fields {
  const given = SHOWN_FIELDS.flatMap(({ name, shape }) => {
    const texts = form[name] ?? [];
    if (texts.length === 0) return [];
    if (name === 'ignore') return [[name, namesText(texts)] as const];
    return [[name, shape === 'texts' ? texts : texts.join(',')] as const];
  });
  return Object.fromEntries(given);
}

/** Names of columns. The service cuts a text at commas, but not a list in JSON. */
function namesText(names: readonly string[]): string | readonly string[] {
  return names.some((name) => /[,\r\n["']|^\s|\s$/.test(name)) ? JSON.stringify(names) : names;
}
