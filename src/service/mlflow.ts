import type { Config } from '../config/index.ts';
import { UnavailableError } from '../errors.ts';
import { type LocalMlflow, launchLocalMlflow } from '../launcher/localMlflow.ts';
import { shownUri } from '../tracking/address.ts';
import { type Reachability, TrackingServer } from '../tracking/trackingServer.ts';

type MlflowOptions = Config['mlflow'];

/** The connection to MLflow: to a given server, or to a server that this process starts. */
export interface MlflowConnection {
  /** @throws UnavailableError while there is no MLflow to log to */
  server(): TrackingServer;
  /** @throws UnavailableError if there will be no MLflow, however long a client waits */
  requireHope(): void;
  /** Asks MLflow whether it answers now. */
  ready(): Promise<Reachability>;
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
  const server = openServer(options, trackingUri);
  return {
    server: () => server,
    requireHope: () => undefined,
    ready: () => server.ready(),
    found: server
      .ready()
      .then((mlflow) =>
        mlflow.ready
          ? answersAt(options.publicUrl ?? shownUri(trackingUri))
          : `MLflow does not answer yet: ${mlflow.reason}`,
      ),
    stop: () => server.close(),
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
    ready: async () => {
      const state = local.state();
      return state.status === 'ready' ? await server().ready() : { ready: false, reason: state.message };
    },
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
  // The options have the name, the password, the token and the public URL under the names of TrackingServer.
  return new TrackingServer({ ...options, trackingUri, auth: options, timeoutMs: options.callTimeoutMs });
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
