import { FieldError, quote } from '../../errors.ts';
import { FIELD_ROWS, type FieldRow, TEST_FILE_FIELD, type TrainFields } from './table.ts';

/** The groups of fields that decide about the numbers. A training that reproduces a run takes them from the run. */
const SETTING_GROUPS = ['data', 'split', 'model', 'search'] as const;
/** The end of a param that was cut, and the fewest characters that a server leaves of it. */
const CUT_END = '...';
const CUT_CHARS_MIN = 250;

type Settings = Pick<TrainFields, (typeof SETTING_GROUPS)[number]>;

const SETTING_ROWS = FIELD_ROWS.map(([, row]) => row).filter((row) => isSetting(row));

function isSetting({ group }: FieldRow): boolean {
  return SETTING_GROUPS.some((one) => one === group);
}

/** The settings among the fields. */
export function settingsOf({ data, split, model, search }: TrainFields): Settings {
  return { data, split, model, search };
}

/** @throws FieldError `idle_field` if a form with `reproduce` has a setting too */
export function checkReproduce(given: ReadonlyMap<string, readonly string[]>): void {
  if (!given.has('reproduce')) return;
  const field = SETTING_ROWS.flatMap(({ names }) => names).find((name) => given.has(name));
  if (field === undefined) return;
  throw new FieldError(
    'idle_field',
    `${field} has no meaning with reproduce, which takes the settings of the run: leave one of them out.`,
    { field },
  );
}

/**
 * The form that asks for the settings of a run, from the run's params. Params of the pipeline are no fields, and are ignored.
 * @throws FieldError `missing_file` or `idle_field` if only one of the run and the form has a test file;
 * `params_cut` if MLflow kept a part of a setting only
 */
export function formOf(
  runId: string,
  params: Readonly<Record<string, string>>,
  hasTestFile: boolean,
): Readonly<Record<string, readonly string[]>> {
  checkTestFile(runId, tookTestFile(params), hasTestFile);
  const fields = SETTING_ROWS.flatMap((row) => {
    // A field without a param of its own is logged under one of its names.
    const [name] = row.names;
    const param = row.param ?? row.names.find((one) => params[one] !== undefined) ?? name;
    const text = params[param];
    if (text === undefined) return [];
    if (text.endsWith(CUT_END) && [...text].length >= CUT_CHARS_MIN) throw cut(runId, name);
    return [[name, row.loggedSplitAt === undefined ? [text] : text.split(row.loggedSplitAt)] as const];
  });
  return Object.fromEntries(fields);
}

/** Whether the test rows of a run are in a file of their own: then the run has no param that chooses rows. */
export function tookTestFile(params: Readonly<Record<string, string>>): boolean {
  return params['test_size'] === undefined && params['split'] === undefined;
}

function checkTestFile(runId: string, needsFile: boolean, hasFile: boolean): void {
  if (needsFile === hasFile) return;
  const field = TEST_FILE_FIELD;
  if (needsFile) {
    throw new FieldError(
      'missing_file',
      `The run ${quote(runId)} has a test file of its own: send the file in ${field}.`,
      { field },
    );
  }
  throw new FieldError(
    'idle_field',
    `${field} has no meaning, because the run ${quote(runId)} took its test rows from the training file: leave ${field} out.`,
    { field },
  );
}

function cut(runId: string, field: string): FieldError {
  return new FieldError(
    'params_cut',
    `MLflow kept only a part of the param for ${field} of the run ${quote(runId)}: send the settings themselves, without reproduce.`,
    { field: 'reproduce', value: runId },
  );
}
