import type {
  DryRunAnswer,
  EvaluateAnswer,
  JobAnswer,
  MeasuredAnswer,
  Results,
  TrainAnswer,
} from '../client.ts';
import { digits, textTable } from './text.ts';

type Candidate = NonNullable<TrainAnswer['runs']>[number];
type Warnings = TrainAnswer['warnings'];

/** The lines that a command shows at its end: metrics, sweep, gates, and where the run and the model are. */
export function resultLines(answer: Results): string[] {
  const sections = [
    metricLines(answer),
    'runs' in answer ? sweepLines(answer) : [],
    'threshold' in answer ? thresholdLines(answer) : [],
    gateLines(answer),
    warningLines(answer.warnings),
    placeLines(answer),
  ];
  return joined(sections);
}

/** The lines of a dry run. */
export function dryRunLines({ would_train, problem, data, split, fits, warnings }: DryRunAnswer): string[] {
  const facts = [
    ['would train', would_train ? 'yes' : 'no'],
    ...(problem === null ? [] : [['problem', `${problem.code}: ${problem.detail}`]]),
    ['rows', String(data.rows)],
    ['columns', String(data.columns)],
    ['target', data.target ?? '-'],
    ...(split === null ? [] : [['training, test rows', `${split.train_rows}, ${split.test_rows}`]]),
    ...(fits === undefined ? [] : [['fits', String(fits.total)]]),
  ];
  return joined([textTable(facts), warningLines(warnings)]);
}

/** A line for each job, the newest first. */
export function jobLines(jobs: readonly JobAnswer[]): string[] {
  const rows = jobs.map(({ id, kind, state, progress, accepted_at }) => [
    id,
    kind,
    state,
    `${Math.floor(progress.share * 100)} %`,
    accepted_at,
  ]);
  return textTable([['id', 'kind', 'state', 'share', 'accepted'], ...rows]);
}

/** Whether a gate failed that does not only warn. */
export function gateFailed(answer: Partial<Results>): boolean {
  return answer.gate?.state === 'failed';
}

function joined(sections: readonly (readonly string[])[]): string[] {
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function metricLines({ metrics }: Results): string[] {
  const train = 'train' in metrics ? metrics.train : undefined;
  const rows = Object.entries(metrics.test).map(([name, value]) => [
    name,
    digits(value),
    ...(train === undefined ? [] : [digits(train[name])]),
  ]);
  const head = ['metric', 'test', ...(train === undefined ? [] : ['train'])];
  return textTable([head, ...rows], (column) => column > 0);
}

/** A row for each candidate, the best first, with the settings that differ. */
function sweepLines({ best, runs }: TrainAnswer): string[] {
  if (best === undefined || runs === undefined) return [];
  const names = Object.keys(runs[0]?.settings ?? {}).filter(
    (name) => new Set(runs.map((run) => settingOf(run, name))).size > 1,
  );
  const metric = runs.some(({ metrics }) => best.select in (metrics?.test ?? {})) ? best.select : 'log_loss';
  const head = ['candidate', ...names, `test ${metric}`, 'mean of folds'];
  const rows = runs.map((run) => [
    String(run.index),
    ...names.map((name) => settingOf(run, name)),
    run.problem?.code ?? digits(run.metrics?.test[metric]),
    digits(run.cv?.mean[metric]),
  ]);
  const hasFolds = runs.some(({ cv }) => cv !== undefined);
  const shown = [head, ...rows].map((row) => (hasFolds ? row : row.slice(0, -1)));
  return [
    ...textTable(shown, (column) => column > 0),
    `best: candidate ${best.index} by ${best.select}, ${digits(best.value)}`,
  ];
}

function settingOf({ settings }: Candidate, name: string): string {
  const value = (settings as unknown as Readonly<Record<string, unknown>>)[name];
  return value === null ? (name === 'C' ? 'inf' : 'none') : String(value);
}

function thresholdLines({ threshold }: TrainAnswer): string[] {
  return threshold === undefined ? [] : [`threshold: ${digits(threshold.value)}`];
}

function gateLines({ gate }: Results): string[] {
  return (gate?.gates ?? []).map(({ state, expression, values }) => {
    const shown = Object.entries(values).map(
      ([name, value]) => `${name}=${typeof value === 'number' ? digits(value) : String(value)}`,
    );
    return `gate ${state}: ${expression}${shown.length === 0 ? '' : `  (${shown.join(', ')})`}`;
  });
}

function warningLines(warnings: Warnings): string[] {
  return warnings.map(({ message }) => `warning: ${message}`);
}

function placeLines(answer: Results): string[] {
  const { run, tracking, promotion } = answer as Partial<TrainAnswer & EvaluateAnswer & MeasuredAnswer>;
  const rows = [
    ...(run === undefined ? [] : [['run', run.name, run.url ?? '']]),
    modelRow(answer),
    ...(promotion?.version
      ? [['promotion', `${promotion.name}@${promotion.alias}`, promotion.url ?? '']]
      : []),
  ];
  const isPending = tracking?.state === 'pending';
  return [
    ...textTable(rows),
    ...(isPending ? ['MLflow does not have the run yet; trainpost delivers it.'] : []),
  ];
}

function modelRow({ model }: Results): string[] {
  const version = model.version === null ? '' : ` version ${model.version}`;
  return [
    'model',
    `${model.name ?? model.uri ?? '-'}${version}`,
    'url' in model ? (model.url ?? '') : model.uri,
  ];
}
