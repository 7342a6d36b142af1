import {
  FIELD_ROWS,
  FILE_FIELD,
  type FieldRow,
  GROUPS,
  TEST_FILE_FIELD,
} from '../../src/training/fields/table.ts';
import { linkTo, markdownTable } from './table.ts';

const INTRO = `<!-- Made by "npm run docs" from src/training/fields/table.ts. Change the table there, and run it again. -->

# Fields of POST /train

\`POST /train\` takes a multipart form: \`curl -F name=value\`. Fields may come before or after the file. trainpost rejects
unknown fields, and fields in the query string, with an error that names them.

Two fields hold files. [Files](files.md) says how trainpost reads them.

| field | meaning |
| --- | --- |
| \`${FILE_FIELD}\` | The file to train on: a table with a header line, as text or gzip. Every form needs it. |
| \`${TEST_FILE_FIELD}\` | A second file, whose rows are the test rows. It needs the columns that the model uses, in any order. With it, \`split\`, \`test_size\`, \`random_state\` and \`stratify\` are an error. |

\`\`\`
curl -F ${FILE_FIELD}=@data/diabetes.csv -F tol=1.0 -F iterations=100 -F exp_name=Diabetes http://127.0.0.1:5005/train
\`\`\`

- An empty field counts as not given. So does \`None\`, as Python prints it. In \`target\`, \`positive\` and \`ignore\`,
  \`None\` is a name if the file has it.
- trainpost ignores one line end at the end of a field, as the content of a file has it.
- A field may have a type or a file name, if its content is one line or a JSON object.
- \`True\` and \`False\`, as Python prints them, are the same as \`true\` and \`false\`.
- curl's \`-F\` reads a file if a value begins with \`@\` or \`<\`, begins a form of its own if it begins with \`(\`, and reads
  a type behind \`;\`. \`--form-string\` sends the value as it is:

\`\`\`
curl -F ${FILE_FIELD}=@adult.csv -F target=income --form-string 'positive=<=50K' http://127.0.0.1:5005/train
\`\`\``;

const END = `## Params in MLflow

The column "param" has the name of the MLflow param that holds the value. The model's own parameters are logged with
the pipeline, as \`mlflow.sklearn.autolog\` logs them: \`C\`, \`max_iter\`, \`model__solver\` and so on.`;

/** The text of docs/fields.md. */
export function fieldsPage(): string {
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const rows = FIELD_ROWS.filter(([, row]) => row.group === group).map(([, row]) => row);
    return `## ${title}\n\n${fieldTable(rows)}`;
  });
  const links = [...Object.values(GROUPS), 'Params in MLflow'].map(linkTo);
  return `${[INTRO, links.join(' · '), ...sections, END].join('\n\n')}\n`;
}

export function fieldTable(rows: readonly FieldRow[]): string {
  return markdownTable(
    ['field', 'default', 'meaning', 'param'],
    rows.map((row) => [
      row.names.map((name) => `\`${name}\``).join(', '),
      row.defaultSays ?? (row.default === undefined ? 'none' : `\`${row.default}\``),
      row.says,
      row.param === undefined ? '' : `\`${row.param}\``,
    ]),
  );
}
