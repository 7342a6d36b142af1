import { FieldError } from '../errors.ts';
import type { TrainingRooms } from '../training/train.ts';
import type { Accepted, DeliveryView, Kept } from '../values/delivery.ts';
import type { EvaluatedRun, LoggedRun, TrackedRun } from '../values/run.ts';
import { KeysUnderWay } from './keys.ts';
import { within } from './within.ts';

/** A training or an evaluation that a client asks for. */
export interface Submission<Done extends Work> {
  /** Does the work; what is kept with it must include the key. */
  readonly work: (key: Pick<Kept, 'key'>) => Promise<Done>;
  /** Under this key the client may ask for the same work again. */
  readonly key?: Required<Kept>['key'];
}

type JobRooms = Pick<TrainingRooms, 'deliveries' | 'underWay'>;

/** Work that is done and accepted for MLflow. */
export interface Work {
  readonly run: Pick<TrackedRun | EvaluatedRun, 'experimentName' | 'runName'>;
  readonly kept: Kept;
  readonly accepted: Accepted;
}

/** A training or an evaluation from its submission to its end in MLflow. */
export interface Job<Done extends Work = Work> {
  /** Whether an earlier request with the same key started the work. */
  readonly isReplayed: boolean;
  /** The outcome of the work; undefined if an earlier request started it. */
  readonly done: Done | undefined;
  /** The state of the delivery when the work was accepted, or found again. */
  readonly view: DeliveryView;
  /** Resolves when MLflow has the whole run; undefined if the delivery has ended already. */
  readonly logged: Promise<LoggedRun> | undefined;
}

/** Trainings and evaluations that clients submit, and then wait for as long as they like. */
export class Jobs {
  readonly keys = new KeysUnderWay();
  readonly #rooms: JobRooms;

  constructor(rooms: JobRooms) {
    this.#rooms = rooms;
  }

  /**
   * Does the work, and resolves once it is accepted. If the key was used before, the earlier work is returned.
   * @throws FieldError `idempotency_key_reused` if the key was used for something else
   * @throws the errors of the work
   */
  async submit<Done extends Work>({ work, key }: Submission<Done>): Promise<Job<Done>> {
    const known = key && (await this.#rooms.deliveries.findByKey(key.digest));
    // A damaged record has lost its fingerprint. Its response reports the damage.
    if (known?.key && known.key.fingerprint !== key?.fingerprint) throw keyReused();
    if (known !== undefined) {
      const logged = this.#rooms.deliveries.logged(known.id);
      return { isReplayed: true, done: undefined, view: known, logged };
    }
    const done = await work({ ...(key && { key }) });
    const { run, kept, accepted } = done;
    const { id, logged } = accepted;
    const { experimentName, runName } = run;
    const asAccepted = { id, state: 'pending', acceptedAtMs: Date.now(), attempts: 0 } as const;
    const view = { ...asAccepted, experimentName, runName, ...kept };
    return { isReplayed: false, done, view, logged };
  }

  /**
   * Waits for MLflow, at most `waitMs` milliseconds, or until the client disconnects or the service shuts down. The outcome
   * is read from the record, even a rejection, so that every response for a training is the same. The state of a pending
   * delivery has the reason why the last try failed.
   */
  async settled({ view, logged }: Job, waitMs: number, gone: AbortSignal): Promise<DeliveryView> {
    const enough = [gone, this.#rooms.underWay.hurried];
    const ended = logged?.then(
      () => true,
      () => true,
    );
    if (ended === undefined) return view;
    const isOver = (await within(ended, waitMs, enough)) !== undefined;
    // Nobody has tried the delivery yet, or nobody waits for the reason why it is pending.
    if (!isOver && (waitMs === 0 || enough.some(({ aborted }) => aborted))) return view;
    const found = await this.#rooms.deliveries.find(view.id);
    if (found === undefined) throw new Error(`the delivery ${view.id} is gone`);
    return found;
  }
}

function keyReused(): FieldError {
  return new FieldError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another file or other fields: use a new key for each request, and the same file and fields to repeat a request.',
    { field: 'Idempotency-Key' },
  );
}
