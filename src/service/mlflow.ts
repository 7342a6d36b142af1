import type { MlflowConfig } from '../config/index.ts';
import { UnavailableError } from '../errors.ts';
import { type LocalMlflow, launchLocalMlflow } from '../launcher/localMlflow.ts';
import { shownUri } from '../tracking/address.ts';
import { type Reachability, TrackingServer } from '../tracking/trackingServer.ts';

/** The service's way to MLflow, whether it was given one or sees to its own. */
export interface MlflowConnection {
  /** @throws UnavailableError while there is no MLflow to log to */
  server(): TrackingServer;
  /** @throws UnavailableError where there will be none, however long one waits */
  requireHope(): void;
  /** Whether MLflow answers at this moment; it is asked. */
  ready(): Promise<Reachability>;
  /** One sentence on where MLflow is, or why it is not: as soon as that is known. */
  readonly found: Promise<string>;
  stop(): Promise<void>;
}

export function connectMlflow(
  config: MlflowConfig,
  dir: string,
  say: (line: string) => void,
): MlflowConnection {
  return config.trackingUri === undefined ? startOwn(config, dir, say) : useGiven(config, config.trackingUri);
}

function useGiven(config: MlflowConfig, trackingUri: string): MlflowConnection {
  const server = openServer(config, trackingUri);
  return {
    server: () => server,
    requireHope: () => undefined,
    ready: () => server.ready(),
    found: server
      .ready()
      .then((mlflow) =>
        mlflow.ready
          ? answersAt(config.publicUrl ?? shownUri(trackingUri))
          : `MLflow does not answer yet: ${mlflow.reason}`,
      ),
    stop: () => server.close(),
  };
}

function startOwn(config: MlflowConfig, dir: string, say: (line: string) => void): MlflowConnection {
  const local = launchLocalMlflow({ dir, log: say, port: config.localPort });
  let opened: { readonly url: string; readonly server: TrackingServer } | undefined;
  const server = () => {
    // Asked each time: a server of our own may have ended since, and another one answer at another port.
    const url = readyUrl(local);
    if (opened?.url !== url) {
      void opened?.server.close();
      opened = { url, server: openServer(config, url) };
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
      state.status === 'ready' ? answersAt(config.publicUrl ?? state.url) : notFound(state.message),
    ),
    stop: async () => {
      await opened?.server.close();
      await local.stop();
    },
  };
}

const answersAt = (url: string) => `MLflow answers at ${url}`;
const notFound = (reason: string) => `There is no MLflow to log to: ${reason}`;

function openServer(config: MlflowConfig, trackingUri: string): TrackingServer {
  const { username, password, token, publicUrl, callTimeoutMs: timeoutMs } = config;
  return new TrackingServer({
    trackingUri,
    ...(publicUrl !== undefined && { publicUrl }),
    auth: {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(token !== undefined && { token }),
    },
    timeoutMs,
  });
}

function readyUrl(local: LocalMlflow): string {
  const state = local.state();
  if (state.status === 'ready') return state.url;
  if (state.status === 'failed') throw missing(state.message);
  throw new UnavailableError('mlflow_starting', `MLflow is not up yet: ${state.message}`);
}

/** Without a time to come again: a server that could not be started will not be there in five seconds either. */
function missing(reason: string): UnavailableError {
  return new UnavailableError('mlflow_missing', notFound(reason));
}
