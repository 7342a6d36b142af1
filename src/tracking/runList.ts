import { FieldError } from '../errors.ts';
import type { ListQuery, RunsPort } from '../training/runsPort.ts';
import type { ListedExperiment, ListedRun, Page } from '../values/loggedRuns.ts';
import { AnswerTooLongError, CallRefusedError } from './callErrors.ts';
import type { MlflowClient } from './client.ts';
import { shownMessage } from './errorBody.ts';
import { experimentUrl, type LinkBase } from './links.ts';
import { listedRun } from './listedRun.ts';
import type { Experiment, Run } from './mlflowTypes.ts';
import type { TrackingServer } from './trackingServer.ts';

/** The artifact that the page of a report is drawn from. */
const REPORT = 'report.json';
/** A training with 60 columns has some 60 kB in MLflow. Runs of other programs may have more. */
const RUNS_BYTES_MAX = 16 * 2 ** 20;
/** A report of 12 classes and 60 columns has less than 240 kB. */
const REPORT_BYTES_MAX = 8 * 2 ** 20;
/** MLflow's codes for a search that it does not take. */
const COMPLAINTS: ReadonlySet<string | undefined> = new Set(['INVALID_PARAMETER_VALUE', 'BAD_REQUEST']);

/** Lists experiments and runs with MLflow's own search, and reads the reports of runs. */
export class RunList implements RunsPort {
  readonly #server: () => TrackingServer;

  /** @param server called each time, because the server may change */
  constructor(server: () => TrackingServer) {
    this.#server = server;
  }

  async experiments(query: ListQuery): Promise<Page<ListedExperiment>> {
    const { client, linkBase } = await this.#found();
    type Answer = { experiments?: Experiment[]; next_page_token?: string };
    const { experiments = [], next_page_token: next } = await asked(query, () =>
      client.call<Answer>('POST', 'experiments/search', searchOf(query), true),
    );
    return pageOf(
      experiments.map((one) => listedExperiment(one, linkBase)),
      next,
    );
  }

  async findExperiment(name: string): Promise<ListedExperiment | undefined> {
    const { client, linkBase } = await this.#found();
    const experiment = await client.getExperimentByName(name);
    return experiment?.lifecycle_stage === 'active' ? listedExperiment(experiment, linkBase) : undefined;
  }

  async runs(experimentId: string, query: ListQuery): Promise<Page<ListedRun>> {
    const { client, linkBase } = await this.#found();
    type Answer = { runs?: Run[]; next_page_token?: string };
    const { runs = [], next_page_token: next } = await asked(query, () =>
      client.read<Answer>({
        method: 'POST',
        path: 'runs/search',
        body: { ...searchOf(query), experiment_ids: [experimentId], run_view_type: 'ACTIVE_ONLY' },
        repeatable: true,
        bytesMax: RUNS_BYTES_MAX,
      }),
    );
    return pageOf(
      runs.map((run) => listedRun(run, linkBase)),
      next,
    );
  }

  async readReport(runId: string): Promise<string | 'no_run' | 'no_report' | 'too_large'> {
    const { client } = await this.#found();
    // MLflow 2 answers a question for a file that is not there with a failure of its own.
    const paths = await client.listRunArtifacts(runId, '');
    if (paths === undefined) return 'no_run';
    return paths.includes(REPORT) ? await readFile(client, runId) : 'no_report';
  }

  async #found(): Promise<{ readonly client: MlflowClient; readonly linkBase: LinkBase }> {
    const server = this.#server();
    await server.found();
    return server;
  }
}

async function readFile(client: MlflowClient, runId: string): Promise<string> {
  try {
    // MLflow has this route where it has its pages.
    return await client.send({
      method: 'GET',
      path: `/get-artifact?${new URLSearchParams({ run_id: runId, path: REPORT })}`,
      at: 'uri',
      bytesMax: REPORT_BYTES_MAX,
    });
  } catch (error) {
    if (error instanceof AnswerTooLongError) return 'too_large';
    throw error;
  }
}

function searchOf({ filter, orderBy, max, page }: ListQuery) {
  return {
    max_results: max,
    ...(filter !== undefined && { filter }),
    ...(orderBy.length > 0 && { order_by: orderBy }),
    ...(page !== undefined && { page_token: page }),
  };
}

/** MLflow 2 may announce another page behind the last one. */
function pageOf<Item>(items: readonly Item[], next: string | undefined): Page<Item> {
  return { items, ...(items.length > 0 && next !== undefined && next !== '' && { next }) };
}

/** Asks MLflow, and makes its complaint about the search an error of the client. */
async function asked<Answer>(query: ListQuery, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AnswerTooLongError) throw tooLarge(query.max);
    const field = error instanceof CallRefusedError ? blamed(query, error) : undefined;
    if (field === undefined) throw error;
    const { said } = error as CallRefusedError;
    const { name, value } = field;
    throw new FieldError('invalid_search', `MLflow does not accept ${name}: ${shownMessage(said)}.`, {
      field: name,
      value,
    });
  }
}

/** The part of a search that MLflow complains about; undefined if the refusal is about something else. */
function blamed(
  { filter, orderBy, page }: ListQuery,
  { status, errorCode, said }: CallRefusedError,
): { readonly name: string; readonly value: string } | undefined {
  if (status !== 400 || !COMPLAINTS.has(errorCode)) return undefined;
  const parts = [
    { name: 'page', value: page, words: /page.?token/i },
    { name: 'order_by', value: orderBy.length > 0 ? orderBy.join(', ') : undefined, words: /order.?by/i },
    { name: 'filter', value: filter, words: /(?:)/ },
  ].flatMap(({ value, ...part }) => (value === undefined ? [] : [{ ...part, value }]));
  return parts.find(({ words }) => words.test(said)) ?? parts[0];
}

function tooLarge(max: number): FieldError {
  return new FieldError(
    'runs_too_large',
    `These ${max} runs have more than ${RUNS_BYTES_MAX} bytes in MLflow: ask for fewer runs with max.`,
    { field: 'max', value: String(max), limit: RUNS_BYTES_MAX },
  );
}

function listedExperiment(experiment: Experiment, base: LinkBase): ListedExperiment {
  const { experiment_id: id, name, creation_time: created, last_update_time: updated } = experiment;
  return {
    id,
    name,
    url: experimentUrl(base, id),
    ...(created !== undefined && { createdAtMs: created }),
    ...(updated !== undefined && { updatedAtMs: updated }),
  };
}
