import { name, text } from './kinds.ts';
import {
  FIELDS,
  type FieldRow,
  type FieldsOf,
  type FormTable,
  NAME_CHARS_MAX,
  TEST_FILE_FIELD,
} from './table.ts';

/** Every field of `POST /evaluate` except the file; the rows are read as those of a training. */
const EVALUATE_FIELDS = {
  model: {
    group: 'model',
    names: ['model'],
    kind: text,
    says: 'The model to measure: `models:/NAME@ALIAS`, `models:/NAME/3`, `models:/m-...` (MLflow 3) or `runs:/ID/NAME`. Every form needs it.',
  },
  target: {
    ...FIELDS.target,
    defaultSays: "the model's own",
    says: 'The column with the labels.',
  },
  positive: {
    ...FIELDS.positive,
    defaultSays: "the training's own, else the larger label",
    says: 'The positive class for precision, recall, F1 and ROC AUC. Two classes only.',
  },
  metrics: FIELDS.metrics,
  gates: {
    ...FIELDS.gates,
    says: 'A condition on the metrics, such as `low(recall) > 0.5`: [gates](#gates). With `warn:` before it, the gate only warns. Repeat the field for more gates.',
  },
  sep: FIELDS.sep,
  decimal: FIELDS.decimal,
  thousands: FIELDS.thousands,
  naValues: FIELDS.naValues,
  encoding: FIELDS.encoding,
  experimentName: FIELDS.experimentName,
  runName: {
    group: 'names',
    names: ['run_name'],
    kind: name(NAME_CHARS_MAX),
    defaultSays: '`Evaluate-Run-<time>`',
    says: "The run's name in MLflow.",
  },
  registeredModelName: {
    ...FIELDS.registeredModelName,
    defaultSays: 'none',
    says: 'The registered model whose `alias` moves to the model if all gates hold: [promotion](#promotion).',
  },
  alias: {
    ...FIELDS.alias,
    says: 'The alias, such as `champion`, that moves to the model if all gates hold. Needs `registered_model` and `gate`.',
  },
  tags: FIELDS.tags,
  user: FIELDS.user,
  gitCommit: FIELDS.gitCommit,
  dryRun: { ...FIELDS.dryRun, says: 'Measures the model and logs nothing.' },
} as const satisfies Record<string, FieldRow>;

/** Every name that a field has in the form. */
export type EvaluateFieldName = (typeof EVALUATE_FIELDS)[keyof typeof EVALUATE_FIELDS]['names'][number];

export type EvaluateFields = FieldsOf<typeof EVALUATE_FIELDS>;

const ROWS: FormTable['rows'] = Object.entries(EVALUATE_FIELDS);

export const EVALUATE_FORM: FormTable = {
  files: [TEST_FILE_FIELD],
  rows: ROWS,
  names: ROWS.flatMap(([, { names }]) => names),
};
