import type { MetricLine, Summary, SweepLine } from '../../reports/answers/summary.ts';
import type { Brief } from '../../values/brief.ts';
import type { Intervals } from '../../values/intervals.ts';
import type { EvaluateAnswer, MeasuredAnswer } from '../evaluate/evaluateAnswer.ts';
import type { DryRunAnswer } from '../openapi/answers/dryRun.ts';
import type { ChampionAnswer } from '../train/gateAnswer.ts';
import type { FoldsAnswer, JsonMetrics } from '../train/sweepAnswer.ts';
import type { TrainAnswer } from '../train/trainAnswer.ts';

/** What the answer to a training says. Records of earlier versions have no brief. */
export function trainSummary(answer: TrainAnswer, brief: Brief | undefined): Summary {
  const { champion, data, solver, best, runs, tracking } = answer;
  const ofBest = runs?.find(({ index }) => index === best?.index);
  const { id, name, url } = answer.run;
  return {
    kind: 'training',
    experiment: answer.experiment.name,
    ...briefParts(brief),
    run: { id, name, url },
    ...(answer.model.name !== null && {
      model: { name: answer.model.name, version: answer.model.version, url: answer.model.url },
    }),
    isPending: tracking.state === 'pending',
    ...(answer.gate && { gate: answer.gate }),
    metrics: metricLines(answer.metrics, answer.intervals, answer.cv ?? ofBest?.cv, champion),
    ...(champion && { champion: { uri: champion.model.uri, version: champion.model.version } }),
    ...(best && { sweep: { select: best.select, best: best.index, rows: sweepLines(answer) } }),
    data: [
      ...fileName(brief),
      ['rows', data.rows],
      ['columns', data.columns],
      ['target', data.target],
      ['training rows', data.train_rows],
      ['test rows', data.test_rows],
      ['SHA-256 begins with', data.digest],
      ['solver used', solver.name],
      ['iterations', solver.iterations],
      ['converged', solver.converged ? 'yes' : 'no'],
    ],
    warnings: answer.warnings,
    seconds: answer.timing_ms.total / 1000,
  };
}

/** What the answer to an evaluation says, logged or not. */
export function evaluationSummary(
  answer: MeasuredAnswer & Partial<EvaluateAnswer>,
  experiment: string,
  brief: Brief | undefined,
): Summary {
  const { model, run, data, promotion } = answer;
  return {
    kind: 'evaluation',
    experiment,
    ...briefParts(brief),
    ...(run && { run: { id: run.id, name: run.name, url: run.url } }),
    model: { name: model.uri, version: model.version, url: null },
    isPending: answer.tracking?.state === 'pending',
    ...(answer.gate && { gate: answer.gate }),
    metrics: metricLines(answer.metrics, answer.intervals),
    ...(promotion && {
      promotion: { name: promotion.name, alias: promotion.alias, version: promotion.version },
    }),
    drift: answer.drift,
    data: [
      ...fileName(brief),
      ['rows', data.rows],
      ['columns', data.columns],
      ['target', data.target],
      ['SHA-256 begins with', data.digest],
    ],
    warnings: answer.warnings,
    seconds: answer.timing_ms.total / 1000,
  };
}

/** What the answer to a dry run says. */
export function dryRunSummary(
  { would_train, problem, data, split, fits, warnings, timing_ms }: DryRunAnswer,
  experiment: string,
): Summary {
  return {
    kind: 'dry run',
    experiment,
    ...(problem && {
      problem: {
        code: problem.code,
        title: 'a training would be refused',
        detail: problem.detail,
        help: [],
        isAll: false,
      },
    }),
    verdict: would_train ? ['A training would succeed.'] : [],
    isPending: false,
    metrics: [],
    data: [
      ['would train', would_train ? 1 : 0],
      ['rows', data.rows],
      ['columns', data.columns],
      ['target', data.target ?? 'unknown'],
      ...(split === null
        ? []
        : ([
            ['training rows', split.train_rows],
            ['test rows', split.test_rows],
          ] as const)),
      ...(fits === undefined ? [] : ([['fits', fits.total]] as const)),
    ],
    warnings,
    seconds: timing_ms.total / 1000,
  };
}

function briefParts(brief: Brief | undefined) {
  if (brief === undefined) return { verdict: [] };
  const { fileName: _, ...parts } = brief;
  return parts;
}

function fileName(brief: Brief | undefined): Summary['data'] {
  return brief === undefined ? [] : [['file', brief.fileName]];
}

/** `score` is the accuracy once more. */
function metricLines(
  { train, test }: { readonly train?: JsonMetrics; readonly test: JsonMetrics },
  intervals: Intervals = {},
  cv?: FoldsAnswer,
  champion?: ChampionAnswer,
): readonly MetricLine[] {
  return Object.keys(test)
    .filter((name) => name !== 'score')
    .map((name) => {
      const interval = intervals[name];
      const difference = champion?.differences[name];
      const verdict = champion?.verdicts[name];
      return {
        name,
        test: test[name] ?? null,
        ...(interval && { interval }),
        ...(train && { train: train[name] ?? null }),
        ...(cv && { mean: cv.mean[name] ?? null, std: cv.std[name] ?? null }),
        ...(champion && { champion: champion.metrics.test[name] ?? null }),
        ...(difference && { difference }),
        ...(verdict && { verdict }),
      };
    });
}

/** Candidates with what chose them. An expression of several metrics is known for the best candidate only. */
function sweepLines({ runs = [], best }: TrainAnswer): readonly SweepLine[] {
  return runs.map(({ index, settings, metrics, cv, problem }) => {
    const values = cv?.mean ?? metrics?.test;
    const select = best?.select ?? '';
    const value = values?.[select] ?? values?.[`${select}_score`] ?? null;
    return {
      candidate: index,
      settings: { ...settings, C: settings.C ?? 'inf' },
      value: index === best?.index ? best.value : value,
      ...(problem && { problem: problem.code }),
    };
  });
}
