import { EVALUATE_FORM } from '../../src/training/fields/evaluateTable.ts';
import { fieldTable } from './fieldsPage.ts';

const INTRO = `<!-- Made by "npm run docs" from src/training/fields/evaluateTable.ts. Change the table there, and run it again. -->

# Evaluations

\`POST /evaluate\` measures a logged model on a file with labels. It answers with the metrics that a training has for its test rows, and
trains nothing.

\`\`\`
curl -F test_file=@later.csv -F model=models:/Diabetes@champion http://127.0.0.1:5005/evaluate
\`\`\`

[Fields](#fields) · [The file](#the-file) · [The answer](#the-answer) · [Gates](#gates) · [Promotion](#promotion) · [Drift](#drift) · [What MLflow gets](#what-mlflow-gets)

## Fields

The form is read as that of \`POST /train\`: [fields.md](fields.md) says how. \`test_file\` holds the file, and every form needs it.
[models.md](models.md#addresses) explains the addresses of models. An \`Idempotency-Key\`, \`Prefer\`, all limits and all errors work as for a training.`;

const REST = `## The file

[files.md](files.md) says which files trainpost reads. The columns may stand in any order, and other columns are not used.

- The file needs every feature of the model, and the column with the labels. Without one, the error is \`missing_column\`.
- The types are those of the training file. A text in a column of numbers is \`not_a_number\`, for example.
- A label that the model does not know is \`unknown_class\`. The error names the row, the line and the column.
- A model with imputers fills in missing values. For any other model, a missing value is \`missing_value\`. That includes a model
  that was trained with \`missing=drop\`.
- trainpost leaves out rows without any value, with the warning \`empty_rows\`.

The rows that a training tested on give the metrics of that training to the last bit, if they stand in the same order. A
model with a threshold of its own predicts with the threshold.

## The answer

The status is 200 when MLflow has the run, and 202 when trainpost has accepted the evaluation and MLflow does not have the run yet.

| key | holds |
|---|---|
| \`accuracy\`, \`entropy\`, \`precision\`, \`recall\` | The four numbers of the Flask app, rounded to two decimals. |
| \`metrics.test\` | The metrics at full precision, your own ones included. An undefined metric is null. |
| \`intervals\` | The 95 % intervals of the metrics: [gates.md](gates.md#intervals). |
| \`gate\` | With \`gate\` in the form: \`state\` and \`gates\`, as for a training. |
| \`promotion\` | With \`alias\` in the form: [the alias that moves](#promotion). |
| \`model.uri\` | The address as the form gives it. |
| \`model.name\`, \`model.version\` | The registered model and the version that was measured; null for an address without them. |
| \`model.run_id\`, \`model.id\` | The run that logged the model, and the id that MLflow 3 gave the model. |
| \`data\` | \`rows\` that were measured on, \`columns\` of the file, \`target\`, and \`digest\`: the first 32 hex digits of the file's SHA-256. |
| \`drift\` | For each feature: \`column\`, \`psi\` and \`warning\`, as below. |
| \`experiment\`, \`run\`, \`tracking\` | As for [a training](answers.md#a-training). |
| \`warnings\` | As for [a training](answers.md#warnings). |
| \`timing_ms\` | Milliseconds of the stages \`upload\`, \`parse\`, \`drift\`, \`evaluate\`, \`intervals\`, \`log\` and \`total\`. |

If MLflow does not say where the alias of \`model\` points now, trainpost measures the version that the alias pointed at. The response
then has the header \`Trainpost-Model-Age\`: the seconds since MLflow last said so.

With \`dry_run=true\`, trainpost measures the model and logs nothing. The answer then has no \`experiment\`, \`run\` and \`tracking\`.

## Gates

\`gate\` is a condition in the language of [gates.md](gates.md#what-a-gate-can-name), over the metrics of the file, your own metrics, and the ends
of the intervals: \`low(X)\` and \`high(X)\`. An evaluation has no training rows and no champion, so \`train.X\`, \`champion.X\`, \`delta\`, \`worse\`
and \`better\` are errors.

- All gates hold: the status is 200 or 202, and the header \`X-Gate\` is \`passed\`.
- A gate fails: the status is 422 with the code \`gate_failed\`, \`X-Gate\` is \`failed\`, and the problem has all keys of the answer. The run is
  logged all the same, with the tag \`trainpost.gate\`.
- A gate that begins with \`warn:\` only causes the warning \`gate_warned\`.

Without \`alias\`, no evaluation moves an alias or registers a version.

## Promotion

\`alias\` and \`registered_model\` beside at least one gate make the evaluation a promotion:

\`\`\`
curl --fail-with-body -F test_file=@later.csv -F model=runs:/<run id>/<model name> -F registered_model=Diabetes -F alias=champion \\
  -F 'gate=low(recall) > 0.4' http://127.0.0.1:5005/evaluate
\`\`\`

- All gates hold: the alias moves to the model. If the model has no version of the registered model, trainpost makes the version. If
  there is no such registered model, trainpost makes it too.
- A gate fails: no version is made, and the alias stays.
- The promotion is a part of the delivery, so it happens exactly once, and survives an MLflow that is away. The run reads FINISHED after
  the alias has moved.
- The alias does not move back: if a training or a promotion that was asked for later has moved it already, the alias stays there.
  For this, the version has the tag \`trainpost.promoted.<alias>\`.
- If MLflow has lost the run of the model meanwhile, the delivery ends with \`model_gone\`.

\`promotion\` in the answer has \`name\` of the registered model, \`alias\`, \`version\` and \`url\`. \`version\` and \`url\` are null
until MLflow has the run, after a failed gate, and with \`dry_run=true\`.

## Drift

The population stability index compares the rows of the file with the training rows, column by column. trainpost counts both by
the bins of \`model.json\`:

- A column of numbers has up to ten bins, between the deciles of the training rows.
- A column of text has a bin for each of its 50 most frequent texts. All other texts share a bin.
- Missing values are one more bin.

\`\`\`
psi = sum over the bins of (a - e) * ln(a / e)
\`\`\`

\`e\` is the bin's share of the training rows, and \`a\` is its share of the rows of the file. A share below 0.0001 counts as 0.0001, so that an
empty bin gives a large number and not an infinite one. An index above 0.25 has \`warning: true\`, and the warning \`drifted_column\`.

Few rows give a high index without any drift. Two samples of one population have a mean of about \`(bins - 1) * (1/n + 1/m)\` for \`n\`
training rows and \`m\` rows of the file: 0.22 for ten bins, 1,000 training rows and 42 rows. The bins of a number count at most 2,048
training rows.

## What MLflow gets

One run, through the spool and exactly once, as for a training: [delivery.md](delivery.md). The run has no model of its own.

| in MLflow | holds |
|---|---|
| run name | \`run_name\`, else \`Evaluate-Run-<time>\` |
| params | \`model_uri\`, \`model_version\` if the address leads to a version, \`target\`, \`positive\` with two classes, and the fields of the table above that have a param |
| metrics | \`test_accuracy_score\`, \`test_log_loss\` and so on, with the names that a training logs, and the ends of the intervals. An undefined metric is left out. |
| inputs | The file, with the context \`test\`. MLflow 3 has the model as an input too. |
| tags | Those of the form, \`trainpost.warnings\` and \`trainpost.gate\` |
| description | The metrics, the drift and the warnings in Markdown |

In MLflow 3, each metric belongs to the logged model and to the data set, so that the model's own page shows it.`;

/** The text of docs/evaluate.md. */
export function evaluatePage(): string {
  return `${[INTRO, fieldTable(EVALUATE_FORM.rows.map(([, row]) => row)), REST].join('\n\n')}\n`;
}
