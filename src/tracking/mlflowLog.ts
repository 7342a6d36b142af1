import { TrainpostError } from '../errors.ts';
import type { ModelLog } from '../ml/modelLog.ts';
import type { PipelineState } from '../ml/state.ts';
import type { LoggedRun, TrackedRun } from '../result.ts';
import { type Auth, shownUri } from './address.ts';
import { MlflowClient } from './client.ts';
import { type Delivered, deliver } from './delivery.ts';
import { modelVersionUrl, runUrl } from './links.ts';
import { type RunRecord, recordRun } from './record.ts';
import type { Env } from './tags.ts';
import { TrackingServer } from './trackingServer.ts';

/** A probe that waits longer says "not ready" too late. */
const READY_TIMEOUT_MS = 2_000;

export interface MlflowLogOptions {
  /** Address of the MLflow server: `http(s)://host[:port][/prefix]`. */
  readonly trackingUri: string;
  /** Base of the links, where people reach MLflow by another address. */
  readonly publicUrl?: string;
  readonly auth?: Auth;
  /** Time for one call to MLflow, its retries included. */
  readonly timeoutMs: number;
  /** Where the commit and the user are looked for. */
  readonly env: Env;
}

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Logs trainings to an MLflow server, 2.x or 3.x. */
export class MlflowLog implements ModelLog<TrackedRun, LoggedRun> {
  readonly #server: TrackingServer;
  readonly #linkBase: string;
  readonly #env: Env;

  /** @throws ConfigError for a tracking URI that is no http(s) address, or a token that cannot be sent */
  constructor({ trackingUri, publicUrl, auth, timeoutMs, env }: MlflowLogOptions) {
    const client = new MlflowClient({ trackingUri, timeoutMs, ...(auth !== undefined && { auth }) });
    this.#server = new TrackingServer(client);
    this.#linkBase = (publicUrl ?? shownUri(trackingUri)).replace(/\/+$/, '');
    this.#env = env;
  }

  /**
   * Logs a fitted pipeline and its run; when this resolves, MLflow has all of it.
   * @throws TrackingRefusedError, TrackingUnreachableError; DataError for columns that no ONNX model can have
   */
  async logModel(pipeline: PipelineState, run: TrackedRun): Promise<LoggedRun> {
    const recorded = recordRun(pipeline, run, this.#env);
    const delivered = await deliver(this.#server, recorded);
    return loggedRun(this.#linkBase, recorded.record, delivered);
  }

  /** Whether MLflow answers at this moment. */
  async ready(): Promise<Readiness> {
    try {
      await this.#server.client.health(READY_TIMEOUT_MS);
      return { ready: true };
    } catch (error) {
      if (!(error instanceof TrainpostError)) throw error;
      return { ready: false, reason: error.message };
    }
  }

  /** Ends the connections; what is under way is finished first. */
  close(): Promise<void> {
    return this.#server.client.close();
  }
}

function loggedRun(base: string, record: RunRecord, delivered: Delivered): LoggedRun {
  const { runId, experimentId, modelVersion } = delivered;
  const { runName, modelName, registeredModelName } = record;
  return {
    runId,
    runName,
    runUrl: runUrl(base, experimentId, runId),
    experimentId,
    modelUri: `runs:/${runId}/${modelName}`,
    registeredModelName,
    modelVersion,
    modelUrl: modelVersionUrl(base, registeredModelName, modelVersion),
  };
}
