import { readConfig } from '../../src/config/index.ts';
import { limitsOf } from '../../src/config/limits.ts';
import type { Group, Setting } from '../../src/config/setting.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { SNIFF_BYTES } from '../../src/data/sniff.ts';
import { CLASSES_MAX } from '../../src/data/target.ts';
import { linkTo, markdownTable } from './table.ts';

/** The text between the heading of a group and its table. */
const NOTES: Partial<Record<keyof typeof SETTINGS, string>> = {
  access: `A request must have the token, and ask for the service by one of its names: [Security](../README.md#security). In
\`ALLOWED_HOSTS\`, \`*.example.com\` stands for all names below \`example.com\`.`,
  memory: `The memory that the process may use is the limit of its container (cgroup 1 or 2). Without such a limit, it is the
memory of the machine.`,
  spool: `The spool is the folder in which trainpost keeps each accepted training until MLflow has it:
[When MLflow is away](../README.md#when-mlflow-is-away).`,
  mlflow: `trainpost sends the name and the password if both are set, else the token. If neither is set, trainpost sends the
name and the password that stand in the address.`,
};

const INTRO = `<!-- Made by "npm run docs" from src/config/settings.ts. Change the table there, and run it again. -->

# Settings

You set trainpost with variables of its environment. trainpost checks the variables when it starts. If there are mistakes, it
prints one line for each mistake and ends with exit code 1. An empty variable counts as not set.

Some settings are limits that a client can meet. Their column "beyond it" has the answer to a client that goes beyond the limit:
[Limits](#limits).`;

const LIMITS = `## Limits

Everything that a client can send has a limit. trainpost refuses a request before it spends the resource: with 413 before
it reads the body, with 422 before it takes the memory, and with 429 and \`Retry-After\` while other requests hold the
resource.

The column "beyond it" has the status of the answer and the \`code\` of its problem. The problem also has \`limit\` and
\`actual\`, with times in milliseconds. If trainpost does not count beyond the limit, \`actual\` is the limit plus one. An answer
with 202 is no problem: the training is accepted, and its delivery to MLflow is pending.

\`GET /limits\` shows every limit as it is set:

\`\`\`
curl http://127.0.0.1:5005/limits
{"limits":[
EXAMPLE,…]}
\`\`\`

A thread that loops, ends or runs out of memory is replaced. Only its own training fails, with 503 \`thread_lost\` and
\`Retry-After\`, or with one of the limits above. Files that the thread was reading for other trainings are read again from disk.

## Limits that are no settings

- A form has at most two files, in \`train_file\` and \`test_file\`. Another file is 422 \`unexpected_file\`.
- A target may have at most ${CLASSES_MAX} classes. trainpost refuses a target that looks continuous.
- trainpost refuses labels that are whole numbers above 2^53, because a double cannot tell them apart. Write them as text.
- The first ${SNIFF_BYTES / 1024} kB of a file decide its encoding and its delimiter, unless \`encoding\` and \`sep\` name them. trainpost
  refuses bytes of another encoding that come later.
- trainpost reads a row with quotes about ten times slower than a row without quotes. The same holds for the rows near it.
- The artifacts of MLflow must go through its server (\`mlflow server --artifacts-destination …\`, which is the default).
- \`gradient-descent\` is for comparisons: it has no penalty and no stopping test.
- A run is made exactly once if MLflow carries out its create within \`DELIVERY_QUARANTINE_MS\` after the connection broke.
  A run that MLflow makes later is a double until \`DELIVERY_RECHECK_MS\` have passed.

## The commit and the log

In a CI job, trainpost logs the commit to MLflow as \`mlflow.source.git.commit\`. trainpost takes the commit from
\`GIT_SHA\`, or else from the variable of the CI system.

The log has one JSON line for each request, with the id, the duration, the rows and the run id. Requests of probes are
left out. In a terminal the lines are made readable.`;

/** The text of docs/settings.md: the same on every machine. */
export function settingsPage(): string {
  const groups = Object.entries<Group>(SETTINGS);
  const links = [...groups.map(([, { title }]) => title), 'Limits', 'Limits that are no settings'].map(
    linkTo,
  );
  // The first limit is the same on every machine.
  const [example] = limitsOf(readConfig({}));
  const sections = groups.map(([name, group]) =>
    [`## ${group.title}`, NOTES[name as keyof typeof SETTINGS], tableOf(group)].filter(Boolean).join('\n\n'),
  );
  const limits = LIMITS.replace('EXAMPLE', ` ${JSON.stringify(example)}`);
  return `${[INTRO, links.join(' · '), ...sections, limits].join('\n\n')}\n`;
}

function tableOf({ settings }: Group): string {
  const rows = Object.values(settings);
  const hasLimits = rows.some(({ limits }) => limits !== undefined);
  const columns = ['setting', 'meaning', 'default, and why', 'values', ...(hasLimits ? ['beyond it'] : [])];
  const cells = rows.map((row) => [
    `\`${row.name}\``,
    row.meaning,
    defaultOf(row),
    row.kind.allowed,
    ...(hasLimits ? [beyond(row)] : []),
  ]);
  return markdownTable(columns, cells);
}

function defaultOf({ kind, default: value, unset, reason }: Setting): string {
  const shown = capital(unset) ?? `\`${kind.shown?.(value) ?? value}\`${inWords(value, kind.unit)}`;
  return reason === undefined ? shown : `${shown}. ${reason}`;
}

function capital(text: string | undefined): string | undefined {
  return text && text.slice(0, 1).toUpperCase() + text.slice(1);
}

const SECOND_MS = 1_000;
const UNITS: Readonly<Record<string, readonly (readonly [size: number, name: string])[]>> = {
  ms: [
    [86_400 * SECOND_MS, 'd'],
    [60 * SECOND_MS, 'min'],
    [SECOND_MS, 's'],
  ],
  bytes: [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ],
};

/** ` (200 MB)` for 200,000,000 bytes; nothing if the number is easy to read as it is. */
function inWords(value: unknown, unit = 'count'): string {
  const number = Number(value);
  const [size, name] = UNITS[unit]?.find(([one]) => number >= one && number % one === 0) ?? [];
  if (size !== undefined) return ` (${number / size} ${name})`;
  return number >= 10_000 ? ` (${number.toLocaleString('en-US')})` : '';
}

function beyond({ limits = [] }: Setting): string {
  return limits
    .map(({ status, codes }) => `${status}${codes.map((code) => ` \`${code}\``).join(',')}`)
    .join('; ');
}
