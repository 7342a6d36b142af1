import type { ListedExperiment, ListedRun, Page } from '../../values/loggedRuns.ts';
import { csvOf } from '../answers/csv.ts';
import { relativeReference } from '../links.ts';
import type { ExperimentAnswer } from '../routes/deliveryAnswer.ts';

/** The response to `GET /experiments`. */
export interface ExperimentsAnswer {
  readonly experiments: readonly ListedExperimentAnswer[];
  /** The value of `page` for the next part; null behind the last one. */
  readonly next_page: string | null;
}

export interface ListedExperimentAnswer {
  readonly id: string;
  readonly name: string;
  /** The page of MLflow with its runs. */
  readonly url: string;
  /** ISO 8601, UTC; null if MLflow does not say. */
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

/** The response to `GET /runs`. */
export interface RunsAnswer {
  readonly experiment: ExperimentAnswer;
  readonly runs: readonly ListedRunAnswer[];
  readonly next_page: string | null;
}

export interface ListedRunAnswer {
  readonly id: string;
  readonly name: string;
  /** MLflow's word, such as `FINISHED`. */
  readonly status: string;
  /** The page of MLflow. */
  readonly url: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly user: string | null;
  /** The run that this run stands below: the training of a candidate. */
  readonly parent_id: string | null;
  readonly params: Readonly<Record<string, string>>;
  /** JSON has no NaN: an undefined metric is null. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly model_uri: string | null;
  /** Where the report is, relative to the address of the request; null if the run has no report. */
  readonly report: string | null;
}

export function experimentsAnswer({ items, next }: Page<ListedExperiment>): ExperimentsAnswer {
  return {
    experiments: items.map(({ id, name, url, createdAtMs, updatedAtMs }) => ({
      id,
      name,
      url,
      created_at: isoTime(createdAtMs),
      updated_at: isoTime(updatedAtMs),
    })),
    next_page: next ?? null,
  };
}

/** @param path the path of the request */
export function runsAnswer(
  { id, name, url }: ListedExperiment,
  { items, next }: Page<ListedRun>,
  path: string,
): RunsAnswer {
  return {
    experiment: { id, name, url },
    runs: items.map((run) => listedRunAnswer(run, path)),
    next_page: next ?? null,
  };
}

function listedRunAnswer(run: ListedRun, path: string): ListedRunAnswer {
  const { id, name, status, url, params, metrics, tags, hasReport } = run;
  return {
    id,
    name,
    status,
    url,
    started_at: isoTime(run.startedAtMs),
    ended_at: isoTime(run.endedAtMs),
    user: run.user ?? null,
    parent_id: run.parentId ?? null,
    params,
    metrics: mapped(metrics, (value) => (Number.isFinite(value) ? value : null)),
    tags,
    model_uri: run.modelUri ?? null,
    report: hasReport ? relativeReference(path, `runs/${encodeURIComponent(id)}/report`) : null,
  };
}

const GROUPS = ['params', 'metrics', 'tags'] as const;

/** A row for each run. The columns of params, metrics and tags have MLflow's names: `metrics.roc_auc`. */
export function runsCsv({ runs }: RunsAnswer): string {
  const names = GROUPS.map(
    (group) => [group, [...new Set(runs.flatMap((run) => Object.keys(run[group])))]] as const,
  );
  return csvOf(
    runs.map(({ params, metrics, tags, report: _, ...run }) => {
      const groups: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { params, metrics, tags };
      const cells = names.flatMap(([group, keys]) =>
        keys.map((key) => [`${group}.${key}`, groups[group]?.[key]]),
      );
      return { ...run, ...Object.fromEntries(cells) };
    }),
  );
}

function mapped<Value, To>(
  record: Readonly<Record<string, Value>>,
  to: (value: Value) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

/** Undefined, and a time that no calendar has, are null. */
function isoTime(ms: number | undefined): string | null {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
