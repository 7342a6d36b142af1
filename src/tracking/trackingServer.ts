import { quote, TrackingRefusedError, TrainpostError } from '../errors.ts';
import { type Auth, shownUri } from './address.ts';
import { MlflowClient } from './client.ts';

/** Experiments whose id is remembered; the one not heard of for the longest time is forgotten. */
const EXPERIMENTS_MAX = 1_000;
/** An experiment can be renamed, and another one take its name: an id that is older is asked for again. */
const EXPERIMENT_LIFETIME_MS = 60_000;

/** A probe that waits longer says "not ready" too late. */
const READY_TIMEOUT_MS = 2_000;

export interface TrackingServerOptions {
  /** Address of the MLflow server: `http(s)://host[:port][/prefix]`. */
  readonly trackingUri: string;
  /** Base of the links, where people reach MLflow by another address. */
  readonly publicUrl?: string;
  readonly auth?: Auth;
  /** Time for one call to MLflow, its retries included. */
  readonly timeoutMs: number;
}

export type Reachability = { readonly ready: true } | { readonly ready: false; readonly reason: string };

interface KnownExperiment {
  readonly id: Promise<string>;
  readonly askedAtMs: number;
}

/** One MLflow server, 2.x or 3.x, and what is found out once about it and remembered: its version, and the ids of experiments. */
export class TrackingServer {
  readonly client: MlflowClient;
  /** Where its pages are. */
  readonly linkBase: string;
  #major: Promise<2 | 3> | undefined;
  readonly #experiments = new Map<string, KnownExperiment>();

  /** @throws ConfigError for a tracking URI that is no http(s) address, or a token that cannot be sent */
  constructor({ trackingUri, publicUrl, auth, timeoutMs }: TrackingServerOptions) {
    this.client = new MlflowClient({ trackingUri, timeoutMs, ...(auth !== undefined && { auth }) });
    this.linkBase = (publicUrl ?? shownUri(trackingUri)).replace(/\/+$/, '');
  }

  /** Whether MLflow answers at this moment. */
  async ready(): Promise<Reachability> {
    try {
      await this.client.health(READY_TIMEOUT_MS);
      return { ready: true };
    } catch (error) {
      if (!(error instanceof TrainpostError)) throw error;
      return { ready: false, reason: error.message };
    }
  }

  /** Ends the connections; what is under way is finished first. */
  close(): Promise<void> {
    return this.client.close();
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
