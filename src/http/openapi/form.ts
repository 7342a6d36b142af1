import { z } from 'zod';
import { defaultText } from '../../training/fields/defaultText.ts';
import { wordsOf } from '../../training/fields/kinds.ts';
import type { FieldRow, FormTable } from '../../training/fields/table.ts';
import type { Json } from './components.ts';

/**
 * The schema of a form, made of its table of fields.
 * @param says what each file is
 */
export function formSchema(
  { files, rows }: FormTable,
  says: Readonly<Record<string, string>>,
  required: readonly string[] = [files[0]],
): Json {
  return {
    type: 'object',
    required,
    properties: {
      ...Object.fromEntries(files.map((name) => [name, file(says[name] ?? '')])),
      ...Object.fromEntries(rows.flatMap(([, row]) => propertiesOf(row))),
    },
    additionalProperties: false,
  };
}

export function file(description: string): Json {
  return { type: 'string', format: 'binary', contentMediaType: 'text/csv', description };
}

/** The field by each of its names. */
function propertiesOf(row: FieldRow): [string, Json][] {
  const [first, ...others] = row.names;
  const schema = fieldSchema(row);
  const more = others.length === 0 ? '' : ` Also called \`${others.join('`, `')}\`.`;
  return [
    [first, { ...schema, description: `${row.says}${more}`, ...defaultOf(row), ...paramOf(row) }],
    ...others.map((name): [string, Json] => [
      name,
      { ...schema, description: `Another name of \`${first}\`.` },
    ]),
  ];
}

function fieldSchema({ kind }: FieldRow): Json {
  const { $schema: _, ...schema } = z.toJSONSchema(kind, { io: 'input', unrepresentable: 'any' });
  const words = wordsOf(kind);
  // An empty field counts as not given.
  return words === undefined ? schema : { ...schema, enum: ['', ...words] };
}

function paramOf({ param }: FieldRow): Json {
  return param === undefined ? {} : { 'x-mlflow-param': param };
}

function defaultOf(row: FieldRow): Json {
  const text = defaultText(row);
  if (text === undefined) return row.defaultSays === undefined ? {} : { 'x-default': row.defaultSays };
  return { default: row.kind.safeParse([]).success ? [text] : text };
}
