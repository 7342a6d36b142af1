import type { ErrorData } from '../../values/errorData.ts';
import type { MlflowClient } from '../client.ts';
import { loggedRun } from '../links.ts';
import type { RecordedRun } from '../record.ts';
import type { TrackingServer } from '../trackingServer.ts';
import type { Clock } from './clock.ts';
import { deliver } from './deliver.ts';
import type { DeliveryOutcome, SpooledDocument } from './deliveryView.ts';
import { endFailed } from './endFailed.ts';
import { Journal } from './journal.ts';
import { KeyedMutex } from './keyedMutex.ts';
import type { RecordStore } from './recordStore.ts';
import type { ScheduledDelivery } from './schedule.ts';
import { verdictOf } from './verdict.ts';

/** What MLflow says is gone is looked for, and made anew where it is, so many times. */
const ABSENCES_MAX = 3;

export interface AttemptsOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly quarantineMs: number;
  readonly recheckMs: number;
  /** Cuts the calls off. */
  readonly signal: AbortSignal;
}

/** A record as it is carried. */
interface Load {
  readonly recorded: RecordedRun;
  readonly journal: Journal;
}

/** Carries one record to MLflow, and writes its receipt or its dead letter. */
export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #aliasTurns = new KeyedMutex();
  readonly #takenOverAtMs: number;

  constructor(options: AttemptsOptions) {
    this.#options = options;
    this.#takenOverAtMs = options.clock.now();
  }

  /**
   * One try: how the record left the spool's queue; undefined if the spool has no such record any more.
   * @throws what stands in the way and may pass
   */
  async run(server: TrackingServer, entry: ScheduledDelivery): Promise<DeliveryOutcome | undefined> {
    const load = await this.#load(entry);
    if (load === undefined) return undefined;
    const { journal } = load;
    const client = server.client.until(this.#options.signal);
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
    // Only the first try finds it in memory: what has to wait is not kept there.
    delete entry.held;
    const spooled = held === undefined ? await store.load(id) : undefined;
    if (held === undefined && spooled === undefined) return undefined;
    entry.journal ??= new Journal({
      notes: spooled?.notes ?? [],
      write: (note) => store.note(id, note),
      clock,
      quarantineMs,
      takenOverAtMs: this.#takenOverAtMs,
    });
    const { journal } = entry;
    if (spooled === undefined) return held && { recorded: held, journal };
    const { record } = spooled.document as SpooledDocument;
    return { recorded: { record, files: spooled.files }, journal };
  }

  async #deliver(
    server: TrackingServer,
    client: MlflowClient,
    { id, attempts }: ScheduledDelivery,
    { recorded, journal }: Load,
  ): Promise<DeliveryOutcome> {
    const aliasTurns = this.#aliasTurns;
    const delivered = await deliver({ server, client, recorded, journal, aliasTurns });
    const outcome: DeliveryOutcome = {
      attempts,
      ...this.#traces(journal),
      runId: delivered.runId,
      experimentId: delivered.experimentId,
      logged: loggedRun(server.linkBase, recorded.record, delivered),
    };
    await this.#options.store.deliver(id, outcome);
    return outcome;
  }

  async #bury(
    server: TrackingServer,
    client: MlflowClient,
    { id, attempts }: ScheduledDelivery,
    { recorded, journal }: Load,
  ): Promise<DeliveryOutcome> {
    await endFailed(server, client, recorded.record, journal);
    const reason = journal.condemned!;
    const outcome: DeliveryOutcome = { attempts, ...this.#traces(journal), reason };
    await this.#options.store.bury(id, outcome);
    return outcome;
  }

  /** What a recheck starts from. */
  #traces(journal: Journal): Partial<DeliveryOutcome> {
    const { clock, recheckMs } = this.#options;
    const { experimentId, doubted } = journal;
    const [runId, modelId] = [journal.idOf('run'), journal.idOf('model')];
    return {
      ...(experimentId !== undefined && { experimentId }),
      ...(runId !== undefined && { runId }),
      ...(modelId !== undefined && { modelId }),
      // Always: what repeats a request on its way to MLflow leaves no sign of it in the answer.
      recheck: { atMs: clock.date() + recheckMs, of: doubted },
    };
  }
}

/** Why the record is refused for good; undefined if it is not. */
function refusalOf(error: unknown, entry: ScheduledDelivery): ErrorData | undefined {
  const { is, reason } = verdictOf(error);
  if (is === 'absent') entry.absences++;
  return is === 'refused' || (is === 'absent' && entry.absences > ABSENCES_MAX) ? reason : undefined;
}
