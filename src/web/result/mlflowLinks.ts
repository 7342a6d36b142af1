import type { EvaluateAnswer, TrainAnswer } from '../../client.ts';
import type { ReportData } from '../../reports/data.ts';
import type { ReportLinks } from '../../reports/html/links.tsx';

/** Where a result stands in MLflow. */
export interface MlflowLinks {
  readonly pages: ReportLinks;
  /** Runs of a sweep's candidates by their places in the sweep. */
  readonly candidates: ReadonlyMap<number, string>;
  /** The address of the model, if MLflow has one. */
  readonly modelUri: string | null;
}

/** A run as MLflow lists it. */
interface ListedRun {
  readonly name: string;
  readonly url: string;
  readonly model_uri: string | null;
}

/** The pages that an answer names, as far as MLflow has them. */
export function linksOfAnswer(answer: TrainAnswer | EvaluateAnswer): MlflowLinks {
  const { run, experiment, model } = answer;
  const candidates = 'runs' in answer ? (answer.runs ?? []) : [];
  return {
    pages: [
      ...runPages(run.url),
      ...(experiment.url === null ? [] : [{ text: 'experiment', url: experiment.url }]),
      ...('url' in model && model.url !== null ? [{ text: 'registered model', url: model.url }] : []),
    ],
    candidates: new Map(candidates.flatMap((one) => (one.run === null ? [] : [[one.index, one.run.url]]))),
    modelUri: model.uri,
  };
}

/** The pages of a run. @param children the runs below the run */
export function linksOfRun(
  run: ListedRun | undefined,
  experimentUrl: string | null,
  children: readonly ListedRun[],
  sweep: ReportData['sweep'],
): MlflowLinks {
  return {
    pages: [
      ...runPages(run?.url ?? null),
      ...(experimentUrl === null ? [] : [{ text: 'experiment', url: experimentUrl }]),
    ],
    candidates: candidateUrls(children, sweep),
    modelUri: run?.model_uri ?? null,
  };
}

function runPages(url: string | null): ReportLinks {
  if (url === null) return [];
  return [
    { text: 'run', url },
    { text: 'report', url: artifactUrl(url, 'report.html') },
  ];
}

/** The page of MLflow that shows a file of a run. */
function artifactUrl(runUrl: string, path: string): string {
  return runUrl.replace(/(\/runs\/[^/?]+)(?=\?|$)/, `$1/artifacts/${path}`);
}

/** A candidate's run is named after the settings in which candidates differ. */
function candidateUrls(
  children: readonly ListedRun[],
  sweep: ReportData['sweep'],
): ReadonlyMap<number, string> {
  const rows = sweep?.rows ?? [];
  const urls = new Map(children.map(({ name, url }) => [name, url]));
  const names = Object.keys(rows[0]?.settings ?? {});
  const varying = names.filter((name) => new Set(rows.map(({ settings }) => settings[name])).size > 1);
  return new Map(
    rows.flatMap(({ candidate, settings }) => {
      const texts = varying.map((name) => `${name}=${settingText(settings[name])}`);
      const url = urls.get(texts.join(' ') || `candidate ${candidate}`);
      return url === undefined ? [] : [[candidate, url] as const];
    }),
  );
}

function settingText(value: number | string | null | undefined): string {
  return value === 'inf' ? 'Infinity' : String(value ?? 'none');
}
