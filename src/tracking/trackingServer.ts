import { quote, TrackingRefusedError } from '../errors.ts';
import type { MlflowClient } from './client.ts';

/** Experiments whose id is remembered; the one not heard of for the longest time is forgotten. */
const EXPERIMENTS_MAX = 1_000;
/** An experiment can be renamed, and another one take its name: an id that is older is asked for again. */
const EXPERIMENT_LIFETIME_MS = 60_000;

interface KnownExperiment {
  readonly id: Promise<string>;
  readonly askedAtMs: number;
}

/** What is found out once about one MLflow server, and remembered: its version, and the ids of experiments. */
export class TrackingServer {
  readonly client: MlflowClient;
  #major: Promise<2 | 3> | undefined;
  readonly #experiments = new Map<string, KnownExperiment>();

  constructor(client: MlflowClient) {
    this.client = client;
  }

  /** Which of the two ways to log a model the server knows: 3 stands for every later one as well. */
  major(): Promise<2 | 3> {
    this.#major ??= this.#findMajor().catch((error: unknown) => {
      this.#major = undefined;
      throw error;
    });
    return this.#major;
  }

  /**
   * Id of the experiment of that name, which is made if there is none. Trainings that come at once share the search.
   * @throws TrackingRefusedError `experiment_deleted`
   */
  experimentId(name: string): Promise<string> {
    const known = this.knowsExperiment(name) ? this.#experiments.get(name) : undefined;
    const experiment = known ?? { id: this.#askExperimentId(name), askedAtMs: performance.now() };
    this.#experiments.delete(name);
    this.#experiments.set(name, experiment);
    if (this.#experiments.size > EXPERIMENTS_MAX) {
      const [oldest = ''] = this.#experiments.keys();
      this.#experiments.delete(oldest);
    }
    return experiment.id;
  }

  knowsExperiment(name: string): boolean {
    const known = this.#experiments.get(name);
    return known !== undefined && performance.now() - known.askedAtMs < EXPERIMENT_LIFETIME_MS;
  }

  forgetExperiment(name: string): void {
    this.#experiments.delete(name);
  }

  /** Forgets everything: a server that begins to refuse may be another one by now. */
  forget(): void {
    this.#major = undefined;
    this.#experiments.clear();
  }

  async #askExperimentId(name: string): Promise<string> {
    try {
      return await this.#findExperimentId(name);
    } catch (error) {
      this.forgetExperiment(name);
      throw error;
    }
  }

  async #findMajor(): Promise<2 | 3> {
    const version = await this.client.version();
    await this.client.learnKeepAlive();
    const major = Number(/^(\d{1,3})\.\d/.exec(version)?.[1] ?? 0);
    if (major >= 3) return 3;
    if (major === 2) return 2;
    const message = `MLFLOW_TRACKING_URI leads to no MLflow server of version 2 or later: its version is ${quote(version)}.`;
    throw new TrackingRefusedError('mlflow_version', message);
  }

  async #findExperimentId(name: string): Promise<string> {
    const found = await this.client.getExperimentByName(name);
    const experiment = found ?? (await this.#makeExperiment(name));
    if (typeof experiment === 'string') return experiment;
    if (experiment.lifecycle_stage === 'active') return experiment.experiment_id;
    const message =
      `The MLflow experiment ${quote(name)} has been deleted: restore it ` +
      `(mlflow experiments restore --experiment-id ${experiment.experiment_id}) or use another name.`;
    throw new TrackingRefusedError('experiment_deleted', message, { field: 'exp_name' });
  }

  /** Its id, or the whole experiment when another one was faster. */
  async #makeExperiment(name: string) {
    const id = await this.client.createExperiment(name);
    const experiment = id ?? (await this.client.getExperimentByName(name));
    if (experiment !== undefined) return experiment;
    const message = `MLflow says both that there is an experiment ${quote(name)} and that there is none.`;
    throw new TrackingRefusedError('mlflow_refused', message);
  }
}
