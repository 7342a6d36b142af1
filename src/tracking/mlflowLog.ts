import { TrackingRefusedError, TrackingUnreachableError } from '../errors.ts';
import type { ModelLog } from '../ml/modelLog.ts';
import type { PipelineState } from '../ml/state.ts';
import type { LoggedRun, TrackedRun } from '../result.ts';
import { systemClock } from './delivery/clock.ts';
import { deliver } from './delivery/deliver.ts';
import { endFailed } from './delivery/endFailed.ts';
import { Journal } from './delivery/journal.ts';
import { Turns } from './delivery/turns.ts';
import { loggedRun } from './links.ts';
import { recordRun } from './record.ts';
import type { Env } from './tags.ts';
import { type Readiness, TrackingServer, type TrackingServerOptions } from './trackingServer.ts';

export interface MlflowLogOptions extends TrackingServerOptions {
  /** Where the commit and the user are looked for. */
  readonly env: Env;
}

/** Logs trainings to an MLflow server, 2.x or 3.x. */
export class MlflowLog implements ModelLog<TrackedRun, LoggedRun> {
  readonly server: TrackingServer;
  readonly #env: Env;
  readonly #aliasTurns = new Turns();

  /** @throws ConfigError for a tracking URI that is no http(s) address, or a token that cannot be sent */
  constructor({ env, ...options }: MlflowLogOptions) {
    this.server = new TrackingServer(options);
    this.#env = env;
  }

  /**
   * Logs a fitted pipeline and its run; when this resolves, MLflow has all of it.
   * @throws TrackingRefusedError, TrackingUnreachableError; DataError for columns that no ONNX model can have
   */
  async logModel(pipeline: PipelineState, run: TrackedRun): Promise<LoggedRun> {
    const recorded = recordRun(pipeline, run, this.#env);
    const journal = new Journal({
      notes: [],
      write: async () => {},
      clock: systemClock,
      quarantineMs: 0,
      takenOverAtMs: 0,
    });
    const { client } = this.server;
    const server = this.server;
    try {
      const delivered = await deliver({ server, client, recorded, journal, aliasTurns: this.#aliasTurns });
      return loggedRun(server.linkBase, recorded.record, delivered);
    } catch (error) {
      server.forget();
      const runId = await endFailed(server, client, recorded.record, journal).catch(() =>
        journal.idOf('run'),
      );
      const reason: unknown = error instanceof AggregateError ? error.errors[0] : error;
      const isRefusal = reason instanceof TrackingRefusedError;
      if (!(isRefusal || reason instanceof TrackingUnreachableError)) throw error;
      const Kind = isRefusal ? TrackingRefusedError : TrackingUnreachableError;
      const details = { ...reason.details, ...(runId !== undefined && { runId }) };
      throw new Kind(reason.code, reason.message, details, { cause: error });
    }
  }

  ready(): Promise<Readiness> {
    return this.server.ready();
  }

  /** Ends the connections; what is under way is finished first. */
  close(): Promise<void> {
    return this.server.close();
  }
}
