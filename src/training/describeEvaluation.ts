import { ctime } from '../python/ctime.ts';
import type { Evaluation } from '../values/evaluation.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import type { EvaluatedRun } from '../values/run.ts';
import { labelText } from './describeRun.ts';
import type { EvaluateFields } from './fields/evaluateTable.ts';
import { evaluateParams } from './fields/use.ts';
import { valuesOf } from './measures.ts';
import { plain, shown, table, warningList } from './note.ts';

interface Described {
  readonly fields: EvaluateFields;
  /** The file's name at the client. */
  readonly fileName: string;
  readonly receivedAt: Date;
}

/** Makes everything that is logged for an evaluation. */
export function describeEvaluation(
  { fields, fileName, receivedAt }: Described,
  model: LoadedModel,
  evaluation: Evaluation,
): EvaluatedRun {
  const { experimentName, runName, tags } = fields.names;
  const { user, gitCommit } = fields.logging;
  const { data, measures, intervals, warnings } = evaluation;
  const { modelId, version } = model.place;
  return {
    experimentName,
    runName: runName ?? `Evaluate-Run-${ctime(receivedAt)}`,
    ...(user !== undefined && { user }),
    ...(gitCommit !== undefined && { gitCommit }),
    tags,
    params: {
      model_uri: model.place.uri,
      ...(version !== undefined && { model_version: version }),
      target: data.target,
      ...evaluateParams(fields),
      ...positiveOf(model, evaluation),
    },
    fileName,
    startTimeMs: receivedAt.getTime(),
    data,
    test: valuesOf(measures),
    intervals,
    ...(modelId !== undefined && { modelId }),
    warnings: warnings.map(({ code }) => code),
    note: noteOf(fileName, model, evaluation),
  };
}

/** The class that the metrics refer to, with two classes: the larger one if nobody names a class. */
function positiveOf(
  { description: { target } }: LoadedModel,
  { positive }: Evaluation,
): { readonly positive?: string } {
  const { classes, dtype } = target;
  if (classes.length !== 2) return {};
  return { positive: labelText({ label: positive ?? classes[1]!, dtype }) };
}

/** Describes an evaluation in Markdown: model, file, metrics, drift and warnings. */
function noteOf(
  fileName: string,
  { place }: LoadedModel,
  { data, measures, drift, warnings }: Evaluation,
): string {
  const version = place.version === undefined ? '' : ` (version ${place.version})`;
  return [
    `The model \`${plain(place.uri)}\`${version} on \`${plain(fileName)}\`: ${data.rows} rows, target \`${plain(data.target)}\`.`,
    table(
      ['', 'test'],
      Object.entries(valuesOf(measures)).map(([name, value]) => [name, shown(value)]),
    ),
    ...(drift.length === 0
      ? []
      : [
          table(
            ['column', 'population stability index'],
            drift.map(({ column, psi }) => [plain(column), shown(psi)]),
          ),
        ]),
    ...warningList(warnings),
  ].join('\n\n');
}
