import { quote, TrackingRefusedError } from '../errors.ts';
import { requireProxied, requireServed } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import type { Experiment } from './mlflowTypes.ts';

/** Experiments whose id is remembered; the experiment that was not used for the longest time is forgotten. */
const EXPERIMENTS_MAX = 1_000;
/** An experiment can be renamed, and another one take its name: an older id is asked for again. */
const LIFETIME_MS = 60_000;

interface KnownExperiment {
  readonly id: Promise<string>;
  readonly askedAtMs: number;
}

/** The ids of experiments by name, each of which can take runs with their files. */
export class Experiments {
  readonly #client: MlflowClient;
  readonly #known = new Map<string, KnownExperiment>();

  constructor(client: MlflowClient) {
    this.#client = client;
  }

  /**
   * Id of the experiment of that name, which is made if it does not exist. Trainings that come at once share the search.
   * @throws TrackingRefusedError `experiment_deleted`, `artifacts_not_proxied`
   */
  id(name: string): Promise<string> {
    const known = this.#fresh(name);
    return this.#remember(name, known ?? this.#asked(name, findOrCreate(this.#client, name)));
  }

  /** Looks at an experiment that runs will go to. An experiment that does not exist is not created. @throws as `id` */
  async check(name: string, client = this.#client): Promise<void> {
    if (this.#fresh(name) !== undefined) return;
    const experiment = await findUsable(client, name);
    if (experiment === undefined) return requireServed(client);
    await this.#remember(name, this.#asked(name, Promise.resolve(experiment.experiment_id)));
  }

  knows(name: string): boolean {
    return this.#fresh(name) !== undefined;
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  forgetAll(): void {
    this.#known.clear();
  }

  #fresh(name: string): KnownExperiment | undefined {
    const known = this.#known.get(name);
    return known !== undefined && performance.now() - known.askedAtMs < LIFETIME_MS ? known : undefined;
  }

  #asked(name: string, asked: Promise<string>): KnownExperiment {
    const id = asked.catch((error: unknown) => {
      this.forget(name);
      throw error;
    });
    return { id, askedAtMs: performance.now() };
  }

  #remember(name: string, experiment: KnownExperiment): Promise<string> {
    this.#known.delete(name);
    this.#known.set(name, experiment);
    if (this.#known.size > EXPERIMENTS_MAX) {
      const [oldest = ''] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return experiment.id;
  }
}

/** The experiment of that name if it is not deleted. @throws TrackingRefusedError `artifacts_not_proxied` */
export async function findProxied(client: MlflowClient, name: string): Promise<Experiment | undefined> {
  const experiment = await client.getExperimentByName(name);
  if (experiment?.lifecycle_stage !== 'active') return undefined;
  requireProxied(experiment.artifact_location, name);
  return experiment;
}

/** @throws TrackingRefusedError `experiment_deleted`, `artifacts_not_proxied` */
async function findUsable(client: MlflowClient, name: string): Promise<Experiment | undefined> {
  const experiment = await client.getExperimentByName(name);
  if (experiment === undefined) return undefined;
  if (experiment.lifecycle_stage !== 'active') throw deleted(name, experiment);
  requireProxied(experiment.artifact_location, name);
  return experiment;
}

async function findOrCreate(client: MlflowClient, name: string): Promise<string> {
  const found = await findUsable(client, name);
  if (found !== undefined) return found.experiment_id;
  await requireServed(client);
  await client.createExperiment(name);
  // Another one may have been faster, and only the experiment itself says where it keeps its files.
  const made = await findUsable(client, name);
  if (made !== undefined) return made.experiment_id;
  const [says, at] = [
    'MLflow says both that an experiment exists and that it does not exist',
    `: ${quote(name)}`,
  ];
  throw new TrackingRefusedError('mlflow_refused', `${says}${at}.`, { openMessage: `${says}.` });
}

function deleted(name: string, { experiment_id: id }: Experiment): TrackingRefusedError {
  const message = (which: string) =>
    `The MLflow experiment ${which} has been deleted: restore it ` +
    `(mlflow experiments restore --experiment-id ${id}) or use another name.`;
  const details = { field: 'exp_name', openMessage: message(id) };
  return new TrackingRefusedError('experiment_deleted', message(quote(name)), details);
}
