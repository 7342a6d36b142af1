import type { Config } from '../config/index.ts';
import { TrackingRefusedError, UnavailableError } from '../errors.ts';
import { type LocalMlflow, launchLocalMlflow } from '../launcher/localMlflow.ts';
import { shownUri } from '../tracking/address.ts';
import { type Reachability, TrackingServer } from '../tracking/trackingServer.ts';

type MlflowOptions = Config['mlflow'];

/** The experiment of a form without a name. */
const DEFAULT_EXPERIMENT = 'Default';
/** A healthy MLflow answers within some milliseconds, and a client is waiting. */
const CHECK_TIMEOUT_MS = 1_000;
/** After a check that failed, trainings do not wait for the next check so long. */
const CHECK_PAUSE_MS = 30_000;
/** What stops a training before it computes. Everything else that is wrong may be right when the training is delivered. */
const REFUSALS: ReadonlySet<string> = new Set(['experiment_deleted', 'artifacts_not_proxied']);

/** The connection to MLflow: to a given server, or to a server that this process starts. */
export interface MlflowConnection {
  /** @throws UnavailableError while there is no MLflow to log to */
  server(): TrackingServer;
  /** @throws UnavailableError if there will be no MLflow, however long a client waits */
  requireHope(): void;
  /** Asks MLflow whether a delivery to an experiment would pass now. */
  ready(experimentName: string): Promise<Reachability>;
  /**
   * Looks at the experiment of a training before the training computes, if MLflow answers quickly.
   * @throws TrackingRefusedError `experiment_deleted`, `artifacts_not_proxied`
   */
  checkExperiment(name: string): Promise<void>;
  /** One sentence that says where MLflow is, or why there is no MLflow. Resolves as soon as this is known. */
  readonly found: Promise<string>;
  stop(): Promise<void>;
}

/** @param dir folder for the venv and the data of an MLflow of our own */
export function connectMlflow(
  options: MlflowOptions,
  dir: string,
  say: (line: string) => void,
): MlflowConnection {
  const { trackingUri } = options;
  return trackingUri === undefined ? startOwn(options, dir, say) : useGiven(options, trackingUri);
}

function useGiven(options: MlflowOptions, trackingUri: string): MlflowConnection {
  const tracking = openServer(options, trackingUri);
  const server = () => tracking;
  return {
    server,
    requireHope: () => undefined,
    ready: (experimentName) => tracking.ready(experimentName),
    checkExperiment: experimentCheck(server),
    found: tracking
      .ready(readyExperiment(options, undefined))
      .then((mlflow) =>
        mlflow.ready
          ? answersAt(options.publicUrl ?? shownUri(trackingUri))
          : `MLflow takes no runs yet: ${mlflow.reason}`,
      ),
    stop: () => tracking.close(),
  };
}

function startOwn(options: MlflowOptions, dir: string, say: (line: string) => void): MlflowConnection {
  const local = launchLocalMlflow({ dir, log: say, port: options.localPort });
  let opened: { readonly url: string; readonly server: TrackingServer } | undefined;
  const server = () => {
    // Each time: our own server may have ended, and its successor may answer at another port.
    const url = readyUrl(local);
    if (opened?.url !== url) {
      void opened?.server.close();
      opened = { url, server: openServer(options, url) };
    }
    return opened.server;
  };
  return {
    server,
    requireHope: () => {
      const state = local.state();
      if (state.status === 'failed') throw missing(state.message);
    },
    ready: async (experimentName) => {
      const state = local.state();
      if (state.status === 'ready') return await server().ready(experimentName);
      return { ready: false, reason: state.message, openReason: 'MLflow does not answer; the log says why.' };
    },
    checkExperiment: experimentCheck(server),
    found: local.ready.then((state) =>
      state.status === 'ready' ? answersAt(options.publicUrl ?? state.url) : notFound(state.message),
    ),
    stop: async () => {
      await opened?.server.close();
      await local.stop();
    },
  };
}

const answersAt = (url: string) => `MLflow answers at ${url}`;
const notFound = (reason: string) => `There is no MLflow to log to: ${reason}`;

function openServer(options: MlflowOptions, trackingUri: string): TrackingServer {
  // The options have all settings under the names of TrackingServer, Auth and TlsOptions.
  const { callTimeoutMs: timeoutMs } = options;
  return new TrackingServer({ ...options, trackingUri, auth: options, tls: options, timeoutMs });
}

/** See `checkExperiment`. */
function experimentCheck(server: () => TrackingServer): (name: string) => Promise<void> {
  let notBeforeMs = 0;
  return async (name) => {
    if (performance.now() < notBeforeMs) return;
    try {
      await server().checkExperiment(name, CHECK_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof TrackingRefusedError && REFUSALS.has(error.code)) throw error;
      notBeforeMs = performance.now() + CHECK_PAUSE_MS;
    }
  };
}

/** The experiment that the check of readiness asks for. */
export function readyExperiment(options: MlflowOptions, lastDelivered: string | undefined): string {
  return options.readyExperiment ?? lastDelivered ?? DEFAULT_EXPERIMENT;
}

function readyUrl(local: LocalMlflow): string {
  const state = local.state();
  if (state.status === 'ready') return state.url;
  if (state.status === 'failed') throw missing(state.message);
  throw new UnavailableError('mlflow_starting', `MLflow is still starting: ${state.message}`);
}

/** Has no `retryAfterS`: a server that could not be started will not be there a few seconds later. */
function missing(reason: string): UnavailableError {
  return new UnavailableError('mlflow_missing', notFound(reason));
}
