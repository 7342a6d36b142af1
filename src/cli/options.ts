import { type Command, Option } from 'commander';
import { flag } from '../training/fields/kinds.ts';
import { type FieldRow, type FormTable, GROUPS } from '../training/fields/table.ts';

type Given = Readonly<Record<string, unknown>>;
type FieldValue = string | readonly string[] | boolean;

/** Adds an option for each field of a form, under the headings of the table. */
export function addFields(command: Command, form: FormTable): void {
  for (const [, row] of form.rows) command.addOption(optionOf(row));
}

/** The fields that a command line gives, by their names in the form. */
export function fieldsOf(given: Given, form: FormTable): Record<string, FieldValue> {
  const fields = form.rows.flatMap(([, row]) => {
    const value = given[optionOf(row).attributeName()];
    return value === undefined ? [] : [[row.names[0], value as FieldValue] as const];
  });
  return Object.fromEntries(fields);
}

/** `solver_tol` becomes `--solver-tol`, and `C` becomes `-C`. */
export function flagOf(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name.replaceAll('_', '-')}`;
}

function optionOf(row: FieldRow): Option {
  const [name, ...others] = row.names;
  const flags = [...others, name].map(flagOf).join(', ');
  const says = `${plainText(row.says)} ${defaultOf(row)}`.trim();
  if (row.kind === flag) return new Option(flags, plainText(row.says)).helpGroup(headingOf(row));
  const isList = row.kind.safeParse([]).success;
  const option = new Option(`${flags} <value>`, isList ? `${says} (repeatable)` : says);
  if (isList) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option.helpGroup(headingOf(row)).makeOptionMandatory(name === 'model');
}

function headingOf({ group }: FieldRow): string {
  return `${GROUPS[group]}:`;
}

function defaultOf({ default: value, defaultSays }: FieldRow): string {
  const says = defaultSays ?? (value === undefined ? undefined : String(value));
  return says === undefined ? '' : `(default: ${plainText(says)})`;
}

/** Text without the signs of Markdown: `[gates.md](gates.md)` becomes `gates.md`, and code loses its quotes. */
function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
