import type { EvaluateAnswer, TrainAnswer } from '../../client.ts';
import type { MetricRow, ReportData } from '../../reports/data.ts';

/** What the screen shows of a result. A report has everything; an answer has some of it, before MLflow has the report. */
export interface Facts
  extends Pick<
      ReportData,
      'metrics' | 'gates' | 'champion' | 'sweep' | 'threshold' | 'inference' | 'warnings' | 'positive'
    >,
    Partial<Pick<ReportData, 'baseline' | 'counts' | 'solver'>> {
  readonly data: Pick<ReportData['data'], 'test_rows'>;
}

/** What an answer to a training or an evaluation says. */
export function factsOf(answer: TrainAnswer | EvaluateAnswer): Facts {
  return 'solver' in answer ? trainedFacts(answer) : evaluatedFacts(answer);
}

function trainedFacts(answer: TrainAnswer): Facts {
  const { gate, champion, threshold, inference, warnings, solver, data } = answer;
  const sweep = sweepOf(answer);
  return {
    metrics: metricRows(answer),
    ...(gate && { gates: gate.gates }),
    ...(champion && { champion: champion.model }),
    ...(sweep && { sweep }),
    ...(threshold && { threshold }),
    ...(inference && { inference: inference.terms }),
    warnings,
    solver,
    data: { test_rows: data.test_rows },
  };
}

function evaluatedFacts({ metrics, intervals, gate, warnings, data }: EvaluateAnswer): Facts {
  const rows = Object.entries(metrics.test).filter(([name]) => name !== 'score');
  return {
    metrics: rows.map(([name, test]) => ({ name, train: null, test, ...ends(intervals[name]) })),
    ...(gate && { gates: gate.gates }),
    warnings,
    data: { test_rows: data.rows },
  };
}

/** `score` is the accuracy once more. */
function metricRows({ metrics, intervals, cv, champion, runs, best }: TrainAnswer): MetricRow[] {
  const folds = cv ?? runs?.find(({ index }) => index === best?.index)?.cv;
  return Object.entries(metrics.test)
    .filter(([name]) => name !== 'score')
    .map(([name, test]) => ({
      name,
      train: metrics.train[name] ?? null,
      test,
      ...(intervals && ends(intervals[name])),
      ...(champion && championCells(champion, name)),
      ...(folds && { cv_mean: folds.mean[name] ?? null, cv_std: folds.std[name] ?? null }),
    }));
}

function ends(interval: readonly [low: number, high: number] | undefined) {
  return { test_low: interval?.[0] ?? null, test_high: interval?.[1] ?? null };
}

function championCells(
  { metrics, differences, verdicts }: NonNullable<TrainAnswer['champion']>,
  name: string,
) {
  const { difference, low, high } = differences[name] ?? {};
  return {
    champion: metrics.test[name] ?? null,
    difference: difference ?? null,
    difference_low: low ?? null,
    difference_high: high ?? null,
    verdict: verdicts[name] ?? null,
  };
}

/** Candidates with what chose them. An expression of several metrics is known for the best candidate only. */
function sweepOf({ runs, best }: TrainAnswer): ReportData['sweep'] {
  if (runs === undefined || best === undefined) return undefined;
  const { select, index: chosen } = best;
  const rows = runs.map(({ index, settings, metrics, cv, problem }) => {
    const values = cv?.mean ?? metrics?.test;
    const value = values?.[select] ?? values?.[`${select}_score`] ?? null;
    return {
      candidate: index,
      settings: { ...settings, C: settings.C ?? 'inf' },
      value: index === chosen ? best.value : value,
      ...(problem && { problem: problem.code }),
    };
  });
  return { select, chosen, rows };
}
