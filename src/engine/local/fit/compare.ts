import { DataError, quote } from '../../../errors.ts';
import { withCustom } from '../../../expressions/scope.ts';
import type { ClassificationMetrics, CodedResult } from '../../../ml/codedMetrics.ts';
import { areaOf, varianceOfSorted } from '../../../ml/intervals/delong.ts';
import { sortDoubles } from '../../../ml/sortDoubles.ts';
import { TrainingPipeline } from '../../../ml/trainingPipeline.ts';
import type { ErrorDetails } from '../../../values/errorData.ts';
import type { CustomMetric } from '../../../values/expression.ts';
import type { ModelDescription } from '../../../values/loadedModel.ts';
import type { PipelineState } from '../../../values/pipelineState.ts';
import type { Plan } from '../../../values/plan.ts';
import type { KeptCandidate, Result } from '../../../values/result.ts';
import { drawnCounts, intervalsOf, type MeasuredRows } from '../../comparison/intervals.ts';
import { pairedDifferences, scoresOf } from '../../comparison/paired.ts';
import { verdictsOf } from '../../comparison/verdicts.ts';
import { measure, measureTask, sortedScores } from '../blocks/measure.ts';
import { measuresOf } from './fitCandidate.ts';
import type { Folds } from './folds.ts';
import { predictRows } from './model.ts';
import type { Prepared, Rows } from './prepare.ts';

type Compared = Required<Pick<Result, 'intervals'>> & Pick<Result, 'champion'>;

/**
 * Computes the intervals of the best candidate's test metrics. If the plan has a champion, it is measured on the same rows,
 * and compared.
 * @param folds if the rows are sorted into folds
 * @throws DataError `champion_cannot_be_measured`
 */
export async function compare(
  best: KeptCandidate,
  folds: Folds | undefined,
  prepared: Pick<Prepared, 'dataset' | 'positive' | 'test' | 'rowsSeen'>,
  { metrics, champion }: Pick<Plan, 'metrics' | 'champion'>,
): Promise<Compared> {
  const compareOn = (test: Rows): Compared => {
    const rows = { ...prepared, test };
    const measured = measureOn(best.pipeline, rows, metrics);
    const ours = { ...measured, measures: best.test };
    if (champion === undefined) return { intervals: intervalsOf(ours, metrics) };
    // The champion's predictions take the same memory.
    const kept = { ...ours, predictions: copied(ours.predictions) };
    const theirs = measureChampion(champion, rows, metrics);
    const drawn = drawnCounts(kept);
    const paired = pairedDifferences(kept, theirs, metrics, drawn);
    return {
      intervals: intervalsOf(kept, metrics, drawn),
      champion: {
        measures: theirs.measures,
        paired,
        verdicts: verdictsOf(paired, metrics, best.test),
        ...(prepared.rowsSeen !== undefined && { rowsSeen: prepared.rowsSeen }),
      },
    };
  };
  return folds === undefined
    ? compareOn(prepared.test)
    : await folds.whole(async ({ test }) => compareOn(test));
}

type TestRows = Pick<Prepared, 'dataset' | 'positive' | 'test'>;

/** Predicts some rows and measures the predictions, which lie in memory until the next measure. @throws DataError `cannot_be_predicted` */
export function measureOn(
  pipeline: PipelineState,
  { test, positive }: Pick<TestRows, 'test' | 'positive'>,
  metrics: readonly CustomMetric[],
): MeasuredRows & Pick<ClassificationMetrics, 'undefinedMetrics'> {
  const predictions = predictRows(TrainingPipeline.fromState(pipeline), test, positive);
  const task = measureTask(() => test.source.room, predictions);
  const measured = measure(task);
  const measures = withCustom(measuresOf(measured), metrics);
  const area = measures.metrics.roc_auc;
  const isKnown = measures.confusion !== undefined && !Number.isNaN(area);
  const scores = sortedScores(task);
  const varianceOf = () => (scores ? varianceOfSorted(scores, area) : varianceOfArea(predictions));
  const { undefinedMetrics } = measured;
  return { predictions, measures, areaVariance: isKnown ? varianceOf() : Number.NaN, undefinedMetrics };
}

function varianceOfArea(predictions: CodedResult): number {
  const scores = scoresOf(predictions);
  sortDoubles(scores.positives);
  sortDoubles(scores.negatives);
  return areaOf(scores).variance;
}

function copied(predictions: CodedResult): CodedResult {
  const { proba, predictedCodes } = predictions;
  return {
    ...predictions,
    predictedCodes: predictedCodes.slice(),
    proba: { ...proba, columns: proba.columns.map((column) => column.slice()) },
  };
}

function measureChampion(
  champion: ModelDescription,
  { dataset, positive, test }: TestRows,
  metrics: readonly CustomMetric[],
): MeasuredRows {
  requireClasses(champion, dataset.target);
  const columns = champion.features.map(({ name, type }) => {
    const place = dataset.features.findIndex((feature) => feature.name === name);
    const column = test.frame.columns[place];
    if (column === undefined) {
      throw mismatch(
        `it needs the column ${quote(name)}, which is not among the features of this file: add the column`,
        name,
      );
    }
    const kind = type === 'string' ? 'text' : 'numeric';
    if (column.kind !== kind) {
      throw mismatch(
        `its column ${quote(name)} holds ${kind === 'text' ? 'text' : 'numbers'}, and that of this file does not: correct the column`,
        name,
      );
    }
    return column;
  });
  const rows = { ...test, frame: { ...test.frame, columns } };
  try {
    return measureOn(champion.pipeline, { test: rows, positive }, metrics);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { message, details } = error;
    throw unmeasurable(`: ${message}`, details, error);
  }
}

function unmeasurable(why: string, details: ErrorDetails, cause?: unknown): DataError {
  const message = `The champion cannot be measured on these test rows${why}`;
  return new DataError('champion_cannot_be_measured', message, details, { cause });
}

/** @param why the fault, and what to do */
function mismatch(why: string, column: string): DataError {
  return unmeasurable(`, because ${why}, or leave out the gates that compare.`, { field: 'gate', column });
}

/** @throws DataError if the champion has other classes than the target */
function requireClasses(champion: ModelDescription, target: TestRows['dataset']['target']): void {
  const labels = target.classCounts.map(({ label }) => label);
  const { classes } = champion.target;
  if (classes.length === labels.length && classes.every((label, index) => label === labels[index])) return;
  throw mismatch(
    `it has other classes than ${quote(target.name)}: write the labels as they were`,
    target.name,
  );
}
