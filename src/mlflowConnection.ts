import type { MlflowConfig } from './config/index.ts';
import { UnavailableError } from './errors.ts';
import { type LocalMlflow, launchLocalMlflow } from './launcher/localMlflow.ts';
import { shownUri } from './tracking/address.ts';
import { MlflowLog, type Readiness } from './tracking/mlflowLog.ts';

/** The service's way to MLflow, whether it was given one or sees to its own. */
export interface MlflowConnection {
  /** @throws UnavailableError while there is no MLflow to log to */
  modelLog(): MlflowLog;
  /** Whether MLflow answers at this moment; it is asked. */
  ready(): Promise<Readiness>;
  /** One sentence on where MLflow is, or why it is not: as soon as that is known. */
  readonly found: Promise<string>;
  stop(): Promise<void>;
}

/** A server of our own is up within seconds; its first installation takes about a minute. */
const RETRY_AFTER_S = 5;

export function connectMlflow(
  config: MlflowConfig,
  dir: string,
  say: (line: string) => void,
): MlflowConnection {
  return config.trackingUri === undefined ? startOwn(config, dir, say) : useGiven(config, config.trackingUri);
}

function useGiven(config: MlflowConfig, trackingUri: string): MlflowConnection {
  const modelLog = openLog(config, trackingUri);
  return {
    modelLog: () => modelLog,
    ready: () => modelLog.ready(),
    found: modelLog
      .ready()
      .then((mlflow) =>
        mlflow.ready
          ? answersAt(config.publicUrl ?? shownUri(trackingUri))
          : `MLflow does not answer yet: ${mlflow.reason}`,
      ),
    stop: () => modelLog.close(),
  };
}

function startOwn(config: MlflowConfig, dir: string, say: (line: string) => void): MlflowConnection {
  const local = launchLocalMlflow({ dir, log: say, port: config.localPort });
  let modelLog: MlflowLog | undefined;
  const openedLog = () => {
    // Asked each time: a server of our own may have ended since.
    const trackingUri = readyUrl(local);
    modelLog ??= openLog(config, trackingUri);
    return modelLog;
  };
  return {
    modelLog: openedLog,
    ready: async () => {
      const state = local.state();
      return state.status === 'ready' ? openedLog().ready() : { ready: false, reason: state.message };
    },
    found: local.ready.then((state) =>
      state.status === 'ready' ? answersAt(config.publicUrl ?? state.url) : notFound(state.message),
    ),
    stop: async () => {
      await modelLog?.close();
      await local.stop();
    },
  };
}

const answersAt = (url: string) => `MLflow answers at ${url}`;
const notFound = (reason: string) => `There is no MLflow to log to: ${reason}`;

function openLog(config: MlflowConfig, trackingUri: string): MlflowLog {
  const { username, password, token, publicUrl, callTimeoutMs: timeoutMs } = config;
  return new MlflowLog({
    trackingUri,
    ...(publicUrl !== undefined && { publicUrl }),
    auth: {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(token !== undefined && { token }),
    },
    timeoutMs,
    env: process.env,
  });
}

function readyUrl(local: LocalMlflow): string {
  const state = local.state();
  if (state.status === 'ready') return state.url;
  const starting = state.status === 'starting';
  throw new UnavailableError(
    starting ? 'mlflow_starting' : 'mlflow_missing',
    starting
      ? `MLflow is not up yet, so nothing can be logged: ${state.message} Try again in ${RETRY_AFTER_S} s.`
      : notFound(state.message),
    // A server that could not be started will not be there in five seconds either.
    starting ? { retryAfterS: RETRY_AFTER_S } : {},
  );
}
