import { batch, effect, type Signal, signal } from '@preact/signals';
import { FIELD_NAMES, PROPERTIES, type PropertyName, type Screen } from './table.ts';
import { readUrl, urlOfScreen, type Values, writeUrl } from './url.ts';

/** One signal for each property: `state.job.value`. */
export const state = Object.fromEntries(
  Object.entries(PROPERTIES).map(([name, row]) => [name, signal<unknown>(row.default)]),
) as unknown as { readonly [Name in PropertyName]: Signal<Values[Name]> };

const signals: Readonly<Record<string, Signal<readonly string[]>>> = Object.fromEntries(
  FIELD_NAMES.map((name) => [name, signal<readonly string[]>([])]),
);

/** The texts of a field of the form: `form('tol').value`. Without a text the field is not given. */
export function form(name: string): Signal<readonly string[]> {
  const found = signals[name];
  if (found === undefined) throw new Error(`There is no field ${name}.`);
  return found;
}

/** The values of all signals now. A component or an effect that calls this function follows all of them. */
export function values(): Values {
  const properties = Object.entries(state).map(([name, { value }]) => [name, value]);
  const given = FIELD_NAMES.filter((name) => form(name).value.length > 0);
  return {
    ...Object.fromEntries(properties),
    form: Object.fromEntries(given.map((name) => [name, form(name).value])),
  } as unknown as Values;
}

/** The address of another screen, for a link. */
export function linkTo(screen: Screen): string {
  return urlOfScreen(values(), screen);
}

/** The address of the page with some values changed, for a link. */
export function linkWith(changes: Partial<Values>): string {
  return writeUrl({ ...values(), ...changes });
}

/** Opens another screen, as a click on its tab does. */
export function open(screen: Screen): void {
  location.hash = linkTo(screen);
}

/** Reads the URL now and whenever somebody goes to another one, and keeps the URL as the signals are. */
export function followUrl(): void {
  read();
  addEventListener('hashchange', read);
  effect(() => {
    const url = writeUrl(values());
    if (url !== location.hash) history.replaceState(null, '', url);
  });
}

function read(): void {
  const read = readUrl(location.hash);
  batch(() => {
    for (const name of Object.keys(state) as PropertyName[])
      (state[name] as Signal<unknown>).value = read[name];
    for (const name of FIELD_NAMES) form(name).value = read.form[name] ?? [];
  });
}
