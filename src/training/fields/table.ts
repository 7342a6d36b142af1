import type { z } from 'zod';
import {
  aboveZeroOrInfinite,
  alias,
  classWeight,
  encoding,
  flag,
  groupSign,
  name,
  oneOf,
  rowsOrShare,
  runId,
  separator,
  several,
  splitBy,
  tags,
  text,
  texts,
  threshold,
  wholeNumber,
  zeroOrMore,
} from './kinds.ts';

/** What a field is about. Fields of one group become one object of that name. */
export const GROUPS = {
  data: 'Columns and cells',
  split: 'Test rows',
  model: 'Model',
  search: 'Sweeps and folds',
  gates: 'Gates',
  output: 'What to report',
  names: 'Names in MLflow',
  logging: 'What MLflow gets',
  mode: 'What to do',
} as const;

type GroupName = keyof typeof GROUPS;

/** One field of the form. */
export interface FieldRow {
  readonly group: GroupName;
  /** The field's name in the form, and other names for the same field. */
  readonly names: readonly [string, ...string[]];
  /** Reads the field's text; a repeatable field is a list of texts. */
  readonly kind: z.ZodType;
  /** The value if the field is not given; without a default, the value is undefined. */
  readonly default?: unknown;
  /** Whether the text names something in the file, so that Python's `None` may be a name. */
  readonly ofFile?: true;
  /** Whether Python's `None` is a value of the field, and not the sign that the field is not given. */
  readonly takesNone?: true;
  /** The default in words, if the value says too little. */
  readonly defaultSays?: string;
  /** The MLflow param that holds the value. `C` and `max_iter` are logged with the pipeline. */
  readonly param?: string;
  /** Where to split the param's text to get the texts of a repeatable field again. Without it, one text holds them all. */
  readonly loggedSplitAt?: RegExp;
  /** The field's name in fingerprints of requests, if it is another name. */
  readonly fingerprint?: string;
  /** Whether the field came after version 0.5: with its default it is left out of fingerprints, which stay what they were. */
  readonly isNew?: true;
  /** Whether blanks are a value. Otherwise a field of blanks counts as not given. */
  readonly mayBeBlank?: boolean;
  /** One sentence that explains the field. */
  readonly says: string;
}

const ITERATIONS_MAX = 1_000_000_000;
/** numpy.random.RandomState takes an unsigned 32-bit seed. */
const SEED_MAX = 2 ** 32 - 1;
const FOLDS_MAX = 20;
/** MLflow's own limits (its utils/validation.py). */
const EXPERIMENT_CHARS_MAX = 500;
export const NAME_CHARS_MAX = 250;
/** Longer than any commit id of any version control system. */
const COMMIT_CHARS_MAX = 250;

/** The form's field that holds the training file. */
export const FILE_FIELD = 'train_file';
/** The form's field that may hold a second file, whose rows are the test rows. */
export const TEST_FILE_FIELD = 'test_file';
export const FILE_FIELDS: readonly string[] = [FILE_FIELD, TEST_FILE_FIELD];

/**
 * Every field of `POST /train` except the files. The keys name the values in the groups' objects. The parser, the logged
 * params, the error of an unknown field and docs/fields.md come from these rows. To add a field:
 * 1. Add a row here. A new kind goes to kinds.ts.
 * 2. If the engine needs the value, add it to the type of the group in src/values/plan.ts; `planOf` passes it on.
 * 3. Use it. Run `npm run docs`, and tell users in CHANGELOG.md.
 */
export const FIELDS = {
  C: {
    group: 'model',
    names: ['tol', 'C'],
    kind: several(aboveZeroOrInfinite('1.0', 'no penalty')),
    default: [1],
    defaultSays: '`1`',
    says: "scikit-learn's `C`: the inverse of the penalty's strength. `inf` means no penalty. The original called it `tol`. Several values, as in `0.1,1,10`, make a sweep; so do several values of the other fields of this group, and all combinations are fitted.",
  },
  maxIter: {
    group: 'model',
    names: ['iterations', 'max_iter'],
    kind: several(wholeNumber(1, ITERATIONS_MAX, ', such as 100')),
    default: [100],
    defaultSays: '`100`',
    says: "scikit-learn's `max_iter`: the maximum number of the solver's iterations, from 1 to 1,000,000,000.",
  },
  experimentName: {
    group: 'names',
    names: ['exp_name'],
    kind: name(EXPERIMENT_CHARS_MAX),
    default: 'Default',
    says: 'The MLflow experiment, which is created if it does not exist.',
  },
  target: {
    group: 'data',
    names: ['target'],
    kind: text,
    ofFile: true,
    defaultSays: '`Outcome`, else the last column',
    says: 'The column to predict: two or more classes, as numbers, booleans or text.',
  },
  positive: {
    group: 'data',
    names: ['positive'],
    kind: text,
    ofFile: true,
    defaultSays: 'the larger label',
    param: 'positive',
    says: 'The positive class for precision, recall, F1 and ROC AUC. With three or more classes, precision, recall and F1 are weighted averages and ROC AUC is one-vs-one.',
  },
  ignore: {
    group: 'data',
    names: ['ignore'],
    kind: texts,
    ofFile: true,
    default: [],
    defaultSays: 'none',
    param: 'ignore',
    says: 'Columns to leave out. Repeat the field, separate names with commas or line ends, or give a list as JSON has it or Python prints it.',
  },
  testSize: {
    group: 'split',
    names: ['test_size'],
    kind: rowsOrShare,
    default: 0.3,
    param: 'test_size',
    says: 'The test rows: a share of the rows below 1, or a number of rows.',
  },
  randomState: {
    group: 'split',
    names: ['random_state'],
    kind: wholeNumber(0, SEED_MAX, ''),
    default: 123,
    param: 'random_state',
    says: "The split's seed. It picks the same rows as scikit-learn's `train_test_split`.",
  },
  stratify: {
    group: 'split',
    names: ['stratify'],
    kind: flag,
    default: false,
    param: 'stratify',
    says: 'Whether both parts have the same share of each class.',
  },
  split: {
    group: 'split',
    names: ['split'],
    kind: splitBy,
    default: { by: 'random' },
    defaultSays: '`random`',
    param: 'split',
    isNew: true,
    says: 'How the test rows are chosen: `random`; `last` for the last rows of the file, for data in time order; or `column:NAME` for a column that has `train` or `test` in each row, or truth values where true means test.',
  },
  solver: {
    group: 'model',
    names: ['solver'],
    kind: several(oneOf(['lbfgs', 'newton-cholesky', 'gradient-descent'])),
    default: ['lbfgs'],
    defaultSays: '`lbfgs`',
    param: 'solver',
    says: "`lbfgs` and `newton-cholesky` are scikit-learn's. `gradient-descent` is the package ml-logistic-regression, for comparisons: it has no penalty and no stopping test.",
  },
  tol: {
    group: 'model',
    names: ['solver_tol'],
    kind: several(zeroOrMore('0.0001')),
    default: [1e-4],
    defaultSays: '`1e-4`',
    fingerprint: 'solverTol',
    param: 'solver_tol',
    says: "scikit-learn's `tol`: the solver stops when no part of the gradient is larger. With 0, it stops when the loss no longer falls.",
  },
  classWeight: {
    group: 'model',
    names: ['class_weight'],
    kind: several(classWeight),
    default: [null],
    takesNone: true,
    defaultSays: '`none`',
    param: 'class_weight',
    says: '`balanced` gives each class the same total weight.',
  },
  folds: {
    group: 'search',
    names: ['cv'],
    kind: wholeNumber(2, FOLDS_MAX, ', such as 5'),
    defaultSays: 'none',
    param: 'cv',
    isNew: true,
    says: "Folds of the training rows, from 2 to 20: scikit-learn's `StratifiedKFold(cv)`. Each candidate is fitted on all but one fold and measured on that one, for each fold.",
  },
  select: {
    group: 'search',
    names: ['select'],
    kind: text,
    defaultSays: '`log_loss`',
    param: 'select',
    isNew: true,
    says: 'What chooses the best candidate of a sweep: a metric, or `max(EXPRESSION)` or `min(EXPRESSION)`, such as `min(5*fn + fp)`. It is the mean over the folds if `cv` is set, and else the value on the test rows.',
  },
  metrics: {
    group: 'search',
    names: ['metrics'],
    kind: texts,
    default: [],
    defaultSays: 'none',
    param: 'metrics',
    // Commas stand in expressions too, but no name and `=`.
    loggedSplitAt: /,(?=\s*[A-Za-z_]\w*\s*=(?!=))/,
    isNew: true,
    says: 'Your own metrics, each as `name = EXPRESSION` over the metrics and the counts `tp`, `fp`, `tn`, `fn` and `n`, such as `cost = 5*fn + fp`. Repeat the field for more of them.',
  },
  gates: {
    group: 'gates',
    names: ['gate'],
    kind: texts,
    default: [],
    defaultSays: 'none',
    param: 'gate',
    isNew: true,
    says: 'A condition that must hold before the model is registered, such as `low(recall) > 0.5 and not worse(roc_auc)`: [gates.md](gates.md). With `warn:` before it, the gate only warns. Repeat the field for more gates.',
  },
  threshold: {
    group: 'model',
    names: ['threshold'],
    kind: threshold,
    defaultSays: '0.5',
    param: 'threshold',
    isNew: true,
    says: 'The probability from which on a row is of the positive class: a number from 0 to 1, or `max(EXPRESSION)` or `min(EXPRESSION)`, such as `min(5*fn + fp)`, which finds the best threshold on training rows that the model was not fitted on. The logged model is then a `FixedThresholdClassifier`. Two classes only.',
  },
  keepAll: {
    group: 'search',
    names: ['log_models'],
    kind: oneOf(['best', 'all']).transform((word) => word === 'all'),
    default: false,
    defaultSays: '`best`',
    isNew: true,
    says: 'Which models of a sweep are logged: that of the best candidate, or `all`. Only the best is registered.',
  },
  missing: {
    group: 'data',
    names: ['missing'],
    kind: oneOf(['error', 'drop', 'mean', 'median', 'most_frequent']),
    default: 'error',
    param: 'missing',
    says: 'What happens to missing cells: `error` rejects the file, `drop` leaves out their rows, the others fill them in with a `SimpleImputer` that is part of the logged model. Missing text is filled with the most frequent text.',
  },
  sep: {
    group: 'data',
    names: ['sep'],
    kind: separator,
    defaultSays: 'found out',
    param: 'sep',
    isNew: true,
    mayBeBlank: true,
    says: "The delimiter, as in pandas' `read_csv`: one character, `\\t` for a tab, or `\\s+` for any number of blanks.",
  },
  decimal: {
    group: 'data',
    names: ['decimal'],
    kind: oneOf(['.', ',']),
    defaultSays: 'found out',
    param: 'decimal',
    isNew: true,
    says: 'The decimal sign of numbers, `.` or `,`.',
  },
  thousands: {
    group: 'data',
    names: ['thousands'],
    kind: groupSign,
    defaultSays: 'none',
    param: 'thousands',
    isNew: true,
    mayBeBlank: true,
    says: 'The sign between groups of digits, such as `,` in `1,234`. It may be a blank of any width.',
  },
  naValues: {
    group: 'data',
    names: ['na_values'],
    kind: texts,
    default: [],
    defaultSays: 'none',
    param: 'na_values',
    loggedSplitAt: /,/,
    isNew: true,
    mayBeBlank: true,
    says: 'A text that means missing, such as `?`, in addition to the texts that pandas knows. Repeat the field for more texts.',
  },
  encoding: {
    group: 'data',
    names: ['encoding'],
    kind: encoding,
    defaultSays: 'found out',
    param: 'encoding',
    isNew: true,
    says: "The file's encoding by its name in Python, such as `utf-8`, `latin-1`, `cp1252`, `utf-16` or `gbk`.",
  },
  signature: {
    group: 'logging',
    names: ['signature'],
    kind: oneOf(['inferred', 'any', 'none']),
    defaultSays: '`inferred`',
    param: 'signature',
    isNew: true,
    says: "What the model's signature says about numbers. `inferred`: their types, as MLflow's `infer_signature` finds them. `any`: a column takes whole and real numbers alike, and only MLflow 2.19 or newer can read the model. `none`: no signature. The setting `MODEL_SIGNATURE` changes the default.",
  },
  user: {
    group: 'logging',
    names: ['user'],
    kind: name(NAME_CHARS_MAX),
    defaultSays: 'the user who runs trainpost',
    isNew: true,
    says: "The run's user in MLflow.",
  },
  gitCommit: {
    group: 'logging',
    names: ['git_commit'],
    kind: name(COMMIT_CHARS_MAX, /\s/, ', or spaces'),
    defaultSays: 'none',
    isNew: true,
    says: "The commit of the code that sends the request, logged as MLflow's `mlflow.source.git.commit`. The setting `GIT_SHA` changes the default.",
  },
  inference: {
    group: 'output',
    names: ['inference'],
    kind: flag,
    default: false,
    isNew: true,
    says: 'Whether to estimate a regression without a penalty too, with standard errors, p-values, 95 % intervals and odds ratios: [inference.md](inference.md). Two classes only.',
  },
  dryRun: {
    group: 'mode',
    names: ['dry_run'],
    kind: flag,
    default: false,
    says: 'Reports on the file, and trains and logs nothing.',
  },
  reproduce: {
    group: 'mode',
    names: ['reproduce'],
    kind: runId,
    defaultSays: 'none',
    isNew: true,
    says: 'The id of a run that trainpost logged. The training takes the settings of that run, and the answer says whether files, coefficients and metrics are the same: [reproduce.md](reproduce.md).',
  },
  runName: {
    group: 'names',
    names: ['run_name'],
    kind: name(NAME_CHARS_MAX),
    defaultSays: '`Train-Run-<time>`',
    says: "The run's name in MLflow.",
  },
  modelName: {
    group: 'names',
    names: ['model_name'],
    kind: name(NAME_CHARS_MAX, /[/:.%"'#?]/, ` or any of / : . % " ' # ?`),
    defaultSays: '`<file name>-model`',
    says: "The logged model's name. The setting `MODEL_NAME` changes the default.",
  },
  registeredModelName: {
    group: 'names',
    names: ['registered_model'],
    // MLflow 3 treats `.` and `..` as folders.
    kind: name(NAME_CHARS_MAX, /[/:]|^\.$|^\.\./, ', / or :, and must neither be . nor begin with ..'),
    defaultSays: '`<exp_name>_<run_name>_<time>`',
    says: 'The registered model that gets a new version. The default name contains the time to the second: two trainings in the same second share a name, and the second becomes version 2.',
  },
  alias: {
    group: 'names',
    names: ['alias'],
    kind: alias,
    says: 'An alias, such as `champion`, that is moved to the new version. Needs `registered_model`.',
  },
  tags: {
    group: 'names',
    names: ['tags'],
    kind: tags,
    default: {},
    defaultSays: 'none',
    says: "The run's tags: `key=value`, repeated, or one object in JSON or as Python prints it. If a key is given twice, the last value counts.",
  },
} as const satisfies Record<string, FieldRow>;

export type FieldKey = keyof typeof FIELDS;

/** The rows of the table in order, for code that does not need their types. */
export const FIELD_ROWS = Object.entries(FIELDS) as unknown as readonly (readonly [FieldKey, FieldRow])[];

/** All names that a form may use, in the order of the table. */
export const FIELD_NAMES: readonly string[] = FIELD_ROWS.flatMap(([, { names }]) => names);

/** The form of one route: its files, the most important one first, and its fields. */
export interface FormTable {
  readonly files: readonly [string, ...string[]];
  readonly rows: readonly (readonly [key: string, row: FieldRow])[];
  /** All names of `rows`. */
  readonly names: readonly string[];
}

export const TRAIN_FORM: FormTable = {
  files: [FILE_FIELD, TEST_FILE_FIELD],
  rows: FIELD_ROWS,
  names: FIELD_NAMES,
};

type Rows = Readonly<Record<string, FieldRow>>;
type Value<Row extends FieldRow> = z.output<Row['kind']>;
type KeysOf<Table extends Rows, Group extends GroupName> = {
  [Key in keyof Table]: Table[Key]['group'] extends Group ? Key : never;
}[keyof Table];
type WithDefault<Table extends Rows> = {
  [Key in keyof Table]: 'default' extends keyof Table[Key] ? Key : never;
}[keyof Table];
type GroupOf<Table extends Rows, Group extends GroupName> = {
  readonly [Key in keyof Table & KeysOf<Table, Group> & WithDefault<Table>]: Value<Table[Key]>;
} & {
  readonly [Key in keyof Table & Exclude<KeysOf<Table, Group>, WithDefault<Table>>]?: Value<Table[Key]>;
};

/** The checked fields of a form by group, with defaults filled in. */
export type FieldsOf<Table extends Rows> = { readonly [Group in GroupName]: GroupOf<Table, Group> };
export type TrainFields = FieldsOf<typeof FIELDS>;
