import type { ErrorData } from '../../values/errorData.ts';
import type { MlflowClient } from '../client.ts';
import { loggedRun } from '../links.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { RecordedTree, RunTree } from '../tree.ts';
import type { Clock } from './clock.ts';
import { deliver } from './deliver.ts';
import { readTree } from './document.ts';
import { endFailed } from './endFailed.ts';
import { Journal } from './journal.ts';
import { KeyedMutex } from './keyedMutex.ts';
import type { DeliveryOutcome, MadeNode } from './outcome.ts';
import type { RecordStore } from './recordStore.ts';
import type { ScheduledDelivery } from './schedule.ts';
import { verdictOf } from './verdict.ts';

/** So many times in a row MLflow may say that something is gone, which is then searched for and made again. */
const ABSENCES_MAX = 3;

export interface AttemptsOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly quarantineMs: number;
  readonly recheckMs: number;
  /** Cuts the calls off. */
  readonly signal: AbortSignal;
  /** Whether the service is shutting down, so that nothing new should begin. */
  readonly isStopping: () => boolean;
}

/** A record that is being delivered. */
interface Load {
  readonly recorded: RecordedTree;
  readonly journal: Journal;
}

/** Delivers one record to MLflow, and writes its receipt or its dead letter. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #aliasTurns = new KeyedMutex();
  readonly #takenOverAtMs: number;

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#takenOverAtMs = options.clock.now();
  }

  /**
   * Makes one try.
   * @returns how the delivery ended; undefined if the store does not have the record any more
   * @throws an error that may pass, and then the record stays pending
   */
  async run(server: TrackingServer, entry: ScheduledDelivery): Promise<DeliveryOutcome | undefined> {
    const load = await this.#load(entry);
    if (load === undefined) return undefined;
    const { journal } = load;
    // Where MLflow's API is must be known before the first call.
    await server.found();
    const client = server.client.bounded({ signal: this.#options.signal });
    if (journal.condemned === undefined) {
      try {
        return await this.#deliver(server, client, entry, load);
      } catch (error) {
        const refusal = refusalOf(error, entry);
        if (refusal === undefined) throw error;
        await journal.condemn(refusal);
      }
    }
    return this.#bury(server, client, entry, load);
  }

  async #load(entry: ScheduledDelivery): Promise<Load | undefined> {
    const { store, clock, quarantineMs } = this.#options;
    const { id, held } = entry;
    // Only the first try finds the record in memory: a record that has to wait is not kept there.
    delete entry.held;
    const stored = held === undefined ? await store.load(id) : undefined;
    const recorded = held ?? (stored && readTree(stored));
    if (recorded === undefined) return undefined;
    entry.experimentName = recorded.tree.experimentName;
    entry.journal ??= new Journal({
      notes: stored?.notes ?? [],
      write: (note) => store.note(id, note),
      clock,
      quarantineMs,
      takenOverAtMs: this.#takenOverAtMs,
    });
    return { recorded, journal: entry.journal };
  }

  async #deliver(
    server: TrackingServer,
    client: MlflowClient,
    { id, attempts }: ScheduledDelivery,
    { recorded, journal }: Load,
  ): Promise<DeliveryOutcome> {
    const aliasTurns = this.#aliasTurns;
    const { store, isStopping } = this.#options;
    const delivered = await deliver({ server, client, recorded, journal, aliasTurns, isStopping });
    const traces = this.#traces(recorded.tree, journal);
    const there = Object.entries(traces.made).filter(([key]) => !traces.deleted?.includes(key));
    const runIds = Object.fromEntries(there.map(([key, { runId }]) => [key, runId]));
    const outcome: DeliveryOutcome = {
      attempts,
      ...traces,
      logged: loggedRun(server.linkBase, recorded.tree, { ...delivered, runIds }),
    };
    await store.deliver(id, outcome);
    return outcome;
  }

  async #bury(
    server: TrackingServer,
    client: MlflowClient,
    { id, attempts }: ScheduledDelivery,
    { recorded: { tree }, journal }: Load,
  ): Promise<DeliveryOutcome> {
    await endFailed(server, client, tree, journal);
    const reason = journal.condemned!;
    const outcome: DeliveryOutcome = { attempts, ...this.#traces(tree, journal), reason };
    await this.#options.store.bury(id, outcome);
    return outcome;
  }

  /** What a recheck starts from. */
  #traces(tree: RunTree, journal: Journal): Omit<DeliveryOutcome, 'attempts'> {
    const { clock, recheckMs } = this.#options;
    const { experimentId, doubted, deleted } = journal;
    return {
      made: Object.fromEntries(tree.nodes.map(({ key }) => [key, madeOf(journal, key)])),
      ...(deleted.length > 0 && { deleted }),
      ...(experimentId !== undefined && { experimentId }),
      // Always: something that repeats a request on its way to MLflow leaves no sign of it in the response.
      recheck: { atMs: clock.date() + recheckMs, of: doubted },
    };
  }
}

function madeOf(journal: Journal, key: string): MadeNode {
  const [runId, modelId, version] = [
    journal.idOf(`${key}/run`),
    journal.idOf(`${key}/model`),
    journal.idOf(`${key}/version`),
  ];
  return {
    ...(runId !== undefined && { runId }),
    ...(modelId !== undefined && { modelId }),
    ...(version !== undefined && { version }),
  };
}

/** Why MLflow refuses the record for good; undefined if the error may pass. */
function refusalOf(error: unknown, entry: ScheduledDelivery): ErrorData | undefined {
  const { is, reason } = verdictOf(error);
  if (is === 'absent') entry.absences++;
  return is === 'refused' || (is === 'absent' && entry.absences > ABSENCES_MAX) ? reason : undefined;
}
