import type { ListedExperiment, ListedRun, Page } from '../values/loggedRuns.ts';

/** What to list. The texts are MLflow's own search syntax. */
export interface ListQuery {
  readonly filter?: string;
  readonly orderBy: readonly string[];
  /** Items of a page. */
  readonly max: number;
  /** `next` of the page before. */
  readonly page?: string;
}

/** Lists what MLflow has, and reads reports back. What a call to MLflow throws is thrown too. */
export interface RunsPort {
  /** Lists experiments. @throws FieldError `invalid_search` */
  experiments(query: ListQuery): Promise<Page<ListedExperiment>>;
  /** Finds an experiment by its name; undefined if there is none, or if the experiment is deleted. */
  findExperiment(name: string): Promise<ListedExperiment | undefined>;
  /** Lists the runs of an experiment. @throws FieldError `invalid_search`, `runs_too_large` */
  runs(experimentId: string, query: ListQuery): Promise<Page<ListedRun>>;
  /**
   * Reads the text of a run's `report.json`; `too_large` if there are more bytes than a report has.
   * @param runId may come from a URL, and may be any text
   */
  readReport(runId: string): Promise<string | 'no_run' | 'no_report' | 'too_large'>;
}
