import { TrainpostError } from '../errors.ts';
import { type Auth, shownUri } from './address.ts';
import { timedOut } from './callErrors.ts';
import { MlflowClient } from './client.ts';
import { Experiments } from './experiments.ts';
import type { LinkBase } from './links.ts';
import { probe } from './probe.ts';
import { type FoundServer, findServer } from './serverFinder.ts';
import type { TlsOptions } from './tls.ts';

/** A probe that waits longer says "not ready" too late. */
const READY_TIMEOUT_MS = 2_000;

export interface TrackingServerOptions {
  /** Address of the MLflow server: `http(s)://host[:port][/prefix]`. */
  readonly trackingUri: string;
  /** Base of the links, if people reach MLflow by another address. */
  readonly publicUrl?: string;
  readonly auth?: Auth;
  readonly tls?: TlsOptions;
  /** MLflow's workspace; without it, MLflow takes its default workspace. */
  readonly workspace?: string;
  /** Time for one call to MLflow, its retries included. */
  readonly timeoutMs: number;
}

export type Reachability =
  | { readonly ready: true }
  | {
      readonly ready: false;
      /** One sentence with all that is known. */
      readonly reason: string;
      /** The same without addresses and names. */
      readonly openReason: string;
    };

/** One MLflow server, and what is found out once about it and remembered: where its API is, its version, its experiments. */
export class TrackingServer {
  readonly client: MlflowClient;
  /** Where its pages are. */
  readonly linkBase: LinkBase;
  readonly experiments: Experiments;
  readonly #workspace: string | undefined;
  #found: Promise<FoundServer> | undefined;

  /** @throws ConfigError for a tracking URI, a token or a certificate that cannot be used */
  constructor({ trackingUri, publicUrl, auth, tls, workspace, timeoutMs }: TrackingServerOptions) {
    this.client = new MlflowClient({
      trackingUri,
      timeoutMs,
      ...(auth !== undefined && { auth }),
      ...(tls !== undefined && { tls }),
      ...(workspace !== undefined && { workspace }),
    });
    this.#workspace = workspace;
    this.linkBase = {
      url: (publicUrl ?? shownUri(trackingUri)).replace(/\/+$/, ''),
      ...(workspace !== undefined && { workspace }),
    };
    this.experiments = new Experiments(this.client);
  }

  /** Finds out whether a delivery to an experiment would pass at this moment. */
  async ready(experimentName: string): Promise<Reachability> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    try {
      await within(READY_TIMEOUT_MS, this.found());
      await probe(this.client.bounded({ deadlineMs }), experimentName);
      return { ready: true };
    } catch (error) {
      if (!(error instanceof TrainpostError)) throw error;
      // Another server may answer at the address by now.
      this.#found = undefined;
      const { message: reason, details } = error;
      return { ready: false, reason, openReason: details.openMessage ?? reason };
    }
  }

  /** Ends the connections; calls under way are finished first. */
  close(): Promise<void> {
    return this.client.close();
  }

  /** What `findServer` finds, asked for once. Calls to MLflow's API are right after that only. */
  found(): Promise<FoundServer> {
    this.#found ??= findServer(this.client, this.#workspace).catch((error: unknown) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  async major(): Promise<2 | 3> {
    return (await this.found()).major;
  }

  /**
   * Looks at the experiment that a training will go to, before the training computes. Everything else that is wrong
   * with MLflow shows at the delivery.
   * @throws TrackingRefusedError `experiment_deleted`, `artifacts_not_proxied`
   */
  async checkExperiment(name: string, timeoutMs: number): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    await within(timeoutMs, this.found());
    await this.experiments.check(name, this.client.bounded({ deadlineMs }));
  }

  /** Forgets everything: a server that begins to refuse may be another one by now. */
  forget(): void {
    this.#found = undefined;
    this.experiments.forgetAll();
  }
}

/** @throws CallFailedError if a promise takes longer, and lets it go on */
async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timedOut('version', ms, undefined)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
