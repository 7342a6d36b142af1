import { FIELD_NAMES, PROPERTIES, type Property, type PropertyName, type Screen } from './table.ts';

/** The values of all properties, and the texts of the fields that are given. */
export type Values = {
  readonly [Name in PropertyName]: ValueOf<(typeof PROPERTIES)[Name]>;
} & { readonly form: Readonly<Record<string, readonly string[]>> };

type ValueOf<Row> = Row extends Property<infer Value> ? Value : never;

/** The rows without their types, which differ. */
const ROWS = Object.entries(PROPERTIES) as unknown as readonly (readonly [PropertyName, Property<unknown>])[];
const IN_QUERY = ROWS.filter(([name]) => name !== 'screen');

/** The fragment of a URL, such as `#/train?tol=0.1`. A property with its default is left out. */
export function writeUrl(values: Values): string {
  const query = new URLSearchParams();
  for (const [name, row] of IN_QUERY) {
    const texts = row.kind.write(values[name]);
    if (!isSame(texts, row.kind.write(row.default))) append(query, name, texts);
  }
  for (const name of FIELD_NAMES) append(query, name, values.form[name] ?? []);
  return `#/${values.screen}${query.size === 0 ? '' : `?${query}`}`;
}

/** Reads a fragment. A name or a value that is not in the table counts as not given, because links grow old. */
export function readUrl(fragment: string): Values {
  const [, screen = '', search = ''] = /^#?\/?([^?]*)\??(.*)$/s.exec(fragment) ?? [];
  const query = new URLSearchParams(search);
  const properties = ROWS.map(([name, row]) => {
    const texts = name === 'screen' ? [screen] : query.getAll(name);
    return [name, (texts.length > 0 ? row.kind.read(texts) : undefined) ?? row.default] as const;
  });
  const form = FIELD_NAMES.flatMap((name) => {
    const texts = query.getAll(name).filter((one) => one !== '');
    return texts.length === 0 ? [] : [[name, texts] as const];
  });
  return { ...Object.fromEntries(properties), form: Object.fromEntries(form) } as unknown as Values;
}

/** The URL of another screen with everything else as it is. */
export function urlOfScreen(values: Values, screen: Screen): string {
  return writeUrl({ ...values, screen });
}

function append(query: URLSearchParams, name: string, texts: readonly string[]): void {
  for (const one of texts) query.append(name, one);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}
