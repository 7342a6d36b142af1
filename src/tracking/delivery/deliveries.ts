import { UnavailableError } from '../../errors.ts';
import type { DeliveryPort } from '../../training/deliveryPort.ts';
import type { Accepted, DeliveryState, DeliveryView, Kept } from '../../values/delivery.ts';
import type { PipelineState } from '../../values/pipelineState.ts';
import type { EvaluatedRun, LoggedRun, TrackedRun } from '../../values/run.ts';
import { recordTree } from '../record.ts';
import { recordEvaluation } from '../recordEvaluation.ts';
import type { Env } from '../tags.ts';
import type { RecordedTree } from '../tree.ts';
import { viewOf } from './deliveryView.ts';
import { type RecordDocument, readSummary } from './document.ts';
import { PARDON } from './journal.ts';
import type { RecordStore, RecordSummary } from './recordStore.ts';
import type { Scheduler } from './scheduler.ts';

/** Records of one state that a list shows. */
const LISTED_MAX = 1_000;

export interface DeliveriesOptions {
  readonly store: RecordStore;
  readonly scheduler: Scheduler;
  /** @throws UnavailableError if there will be no MLflow, however long one waits */
  readonly checkMlflow: () => void;
  /** @throws TrackingRefusedError if the experiment exists and takes no runs */
  readonly checkExperiment?: (name: string) => Promise<void>;
  /** The variables that name the user and the commit. */
  readonly env: Env;
}

/** Accepts trainings for MLflow, and says how far each of them is. */
export class Deliveries implements DeliveryPort {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  async checkRoom(): Promise<void> {
    this.#options.checkMlflow();
    await this.#options.store.checkRoom();
  }

  async checkExperiment(name: string): Promise<void> {
    await this.#options.checkExperiment?.(name);
  }

  accept(pipeline: PipelineState, run: TrackedRun, kept: Kept, id?: string): Promise<Accepted> {
    return this.acceptTree(recordTree(pipeline, run, this.#options.env, id), kept);
  }

  acceptEvaluation(run: EvaluatedRun, kept: Kept, id?: string): Promise<Accepted> {
    return this.acceptTree(recordEvaluation(run, this.#options.env, id), kept);
  }

  /** Accepts a root with its children; all of them are delivered, or none is accepted. @throws as `accept` */
  async acceptTree(recorded: RecordedTree, kept: Kept): Promise<Accepted> {
    const { store, scheduler } = this.#options;
    const { tree, files } = recorded;
    const id = tree.requestId;
    const document: RecordDocument = { tree, ...kept };
    await store.accept({ id, document, files, ...(kept.key && { key: kept.key.digest }) });
    return { id, logged: scheduler.add(id, recorded) };
  }

  logged(id: string): Promise<LoggedRun> | undefined {
    return this.#options.scheduler.logged(id);
  }

  async find(id: string): Promise<DeliveryView | undefined> {
    return this.#view(await this.#options.store.find(id));
  }

  async findByKey(digest: string): Promise<DeliveryView | undefined> {
    const summary = await this.#options.store.findByKey(digest);
    if (summary !== undefined) checkVersion(summary);
    return this.#view(summary);
  }

  async list(state?: DeliveryState): Promise<DeliveryView[]> {
    const states = state === undefined ? (['pending', 'dead'] as const) : [state];
    const lists = await Promise.all(states.map((one) => this.#options.store.list(one, LISTED_MAX)));
    return lists.flat().map((summary) => this.#view(summary)!);
  }

  async retry(id: string): Promise<boolean> {
    const { store, scheduler } = this.#options;
    const summary = await store.find(id);
    if (summary?.state !== 'dead') return false;
    checkVersion(summary);
    if (!(await store.revive(id))) return false;
    try {
      await store.note(id, PARDON);
    } finally {
      scheduler.addAgain(id);
    }
    return true;
  }

  #view(summary: RecordSummary | undefined): DeliveryView | undefined {
    return summary && viewOf(summary, this.#options.scheduler.progressOf(summary.id));
  }
}

/**
 * Nothing can be said or done about a record whose form is unknown: neither what it stands for, nor what is left to do.
 * @throws UnavailableError `record_version`
 */
function checkVersion(summary: RecordSummary): void {
  try {
    readSummary(summary);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
  }
}
