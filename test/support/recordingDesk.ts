import { randomUUID } from 'node:crypto';
import { type TrackingRefusedError, type TrainpostError, toData } from '../../src/errors.ts';
import type { DeliveryPort } from '../../src/training/deliveryPort.ts';
import type { Accepted, DeliveryState, DeliveryView, Kept } from '../../src/values/delivery.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';
import type { EvaluatedRun, LoggedRun, TrackedRun } from '../../src/values/run.ts';

interface Entry<Run = TrackedRun> {
  readonly id: string;
  readonly run: Run;
  view: DeliveryView;
  readonly logged: Promise<LoggedRun>;
  readonly resolve: (logged: LoggedRun) => void;
  readonly reject: (error: Error) => void;
}

/** Replaces the spool and MLflow: keeps what it accepts, and delivers at once, when a test says so, or never. */
export class RecordingDesk implements DeliveryPort {
  readonly entries: (Entry & { readonly pipeline: PipelineState })[] = [];
  readonly evaluations: Entry<EvaluatedRun>[] = [];
  /** Thrown instead of accepting a training. */
  failWith: Error | undefined;
  /** Thrown before a training computes. */
  roomError: Error | undefined;
  /** Thrown for every experiment before a training computes. */
  experimentError: Error | undefined;
  /** `checkRoom` waits for this promise; `waiting` counts its calls. */
  gate: Promise<void> | undefined;
  waiting = 0;
  /** The error with which MLflow rejects each run. */
  refuseWith: TrackingRefusedError | undefined;
  /** Whether runs stay pending until `deliver`. */
  isHeld = false;

  reset(): void {
    this.entries.length = 0;
    this.evaluations.length = 0;
    this.failWith = undefined;
    this.roomError = undefined;
    this.experimentError = undefined;
    this.refuseWith = undefined;
    this.gate = undefined;
    this.waiting = 0;
    this.isHeld = false;
  }

  async checkRoom(): Promise<void> {
    this.waiting++;
    await this.gate;
    if (this.roomError !== undefined) throw this.roomError;
  }

  async checkExperiment(_name: string): Promise<void> {
    if (this.experimentError !== undefined) throw this.experimentError;
  }

  async accept(
    pipeline: PipelineState,
    run: TrackedRun,
    kept: Kept,
    id: string = randomUUID(),
  ): Promise<Accepted> {
    if (this.failWith !== undefined) throw this.failWith;
    const entry = { ...entryOf(id, run, kept), pipeline };
    this.entries.push(entry);
    return this.#settle(entry);
  }

  async acceptEvaluation(run: EvaluatedRun, kept: Kept, id: string = randomUUID()): Promise<Accepted> {
    if (this.failWith !== undefined) throw this.failWith;
    const entry = entryOf(id, run, kept);
    this.evaluations.push(entry);
    return this.#settle(entry);
  }

  #settle({ id, logged }: Pick<Entry, 'id' | 'logged'>): Accepted {
    if (this.refuseWith !== undefined) this.refuse(id, this.refuseWith);
    else if (!this.isHeld) this.deliver(id);
    return { id, logged };
  }

  deliver(id: string): void {
    const entry = this.#entry(id);
    const runId = `run${this.#all().indexOf(entry) + 1}`;
    const { run } = entry;
    const base = {
      runId,
      runName: run.runName,
      runUrl: `http://mlflow/#/experiments/1/runs/${runId}`,
      experimentId: '1',
    };
    const logged = { ...base, ...('modelName' in run ? modelOf(runId, run) : promotedOf(run)) };
    entry.view = { ...entry.view, state: 'delivered', endedAtMs: Date.now(), attempts: 1, logged };
    entry.resolve(logged);
  }

  /** A try fails, and another try will follow. */
  fail(id: string, error: TrainpostError): void {
    const entry = this.#entry(id);
    entry.view = { ...entry.view, attempts: entry.view.attempts + 1, lastError: toData(error) };
  }

  refuse(id: string, error: TrackingRefusedError): void {
    const entry = this.#entry(id);
    const lastError = toData(error);
    entry.view = { ...entry.view, state: 'dead', endedAtMs: Date.now(), attempts: 1, lastError };
    entry.reject(error);
  }

  logged(id: string): Promise<LoggedRun> | undefined {
    return this.#all().find((one) => one.id === id && one.view.state === 'pending')?.logged;
  }

  async find(id: string): Promise<DeliveryView | undefined> {
    return this.#all().find((entry) => entry.id === id)?.view;
  }

  async findByKey(digest: string): Promise<DeliveryView | undefined> {
    return this.#all().find(({ view }) => view.key?.digest === digest)?.view;
  }

  async list(state?: DeliveryState): Promise<DeliveryView[]> {
    const views = this.#all().map(({ view }) => view);
    return views.filter((view) => (state === undefined ? view.state !== 'delivered' : view.state === state));
  }

  async retry(id: string): Promise<boolean> {
    const entry = this.#all().find((one) => one.id === id && one.view.state === 'dead');
    if (entry === undefined) return false;
    const { endedAtMs: _, ...view } = entry.view;
    entry.view = { ...view, state: 'pending' };
    return true;
  }

  #all(): Entry<TrackedRun | EvaluatedRun>[] {
    return [...this.entries, ...this.evaluations];
  }

  #entry(id: string): Entry<TrackedRun | EvaluatedRun> {
    const entry = this.#all().find((one) => one.id === id);
    if (entry === undefined) throw new Error(`no delivery ${id}`);
    return entry;
  }
}

function entryOf<Run extends TrackedRun | EvaluatedRun>(id: string, run: Run, kept: Kept): Entry<Run> {
  let resolve: Entry['resolve'] = () => {};
  let reject: Entry['reject'] = () => {};
  const logged = new Promise<LoggedRun>((...both) => {
    [resolve, reject] = both;
  });
  const view: DeliveryView = {
    // Through JSON, as a spool returns it.
    ...(JSON.parse(JSON.stringify(kept)) as Kept),
    id,
    state: 'pending',
    acceptedAtMs: Date.now(),
    experimentName: run.experimentName,
    runName: run.runName,
    attempts: 0,
  };
  return { id, run, view, logged, resolve, reject };
}

function promotedOf({ promotion }: EvaluatedRun) {
  if (promotion === undefined) return {};
  const { registeredModelName, version = '1' } = promotion;
  const modelUrl = `http://mlflow/#/models/${registeredModelName}/versions/${version}`;
  return { registeredModelName, modelVersion: version, modelUrl };
}

function modelOf(runId: string, { modelName, registeredModelName, gate }: TrackedRun) {
  return {
    modelUri: `runs:/${runId}/${modelName}`,
    ...(gate !== 'failed' && {
      registeredModelName,
      modelVersion: '1',
      modelUrl: `http://mlflow/#/models/${registeredModelName}/versions/1`,
    }),
  };
}
