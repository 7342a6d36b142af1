import { FieldError } from '../errors.ts';
import { type Keep, type Trained, type TrainingRooms, type TrainRequest, train } from '../training/train.ts';
import type { DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun } from '../values/run.ts';
import { KeysUnderWay } from './keys.ts';
import { within } from './within.ts';

/** A training that a client asks for. */
export interface Submission {
  readonly request: TrainRequest;
  /** Makes what is kept with the training for later responses. */
  readonly keep: Keep;
  /** Under this key the client may ask for the same training again. */
  readonly key?: Required<Kept>['key'];
}

/** A training from its submission to its end in MLflow. */
export interface Job {
  /** Whether an earlier request with the same key started the training. */
  readonly isReplayed: boolean;
  /** The outcome of the training; undefined if an earlier request started it. */
  readonly trained: Trained | undefined;
  /** The state of the delivery when the training was accepted, or found again. */
  readonly view: DeliveryView;
  /** Resolves when MLflow has the whole run; undefined if the training has ended already. */
  readonly logged: Promise<LoggedRun> | undefined;
}

/** Trainings that clients submit, and then wait for as long as they like. */
export class Jobs {
  readonly keys = new KeysUnderWay();
  readonly #rooms: TrainingRooms;

  constructor(rooms: TrainingRooms) {
    this.#rooms = rooms;
  }

  /**
   * Trains, and resolves once the training is accepted. If the key was used before, the earlier training is returned.
   * @throws FieldError `idempotency_key_reused` if the key was used for something else
   * @throws the errors of `train`
   */
  async submit({ request, keep, key }: Submission): Promise<Job> {
    const known = key && (await this.#rooms.deliveries.findByKey(key.digest));
    // A damaged record has lost its fingerprint. Its response reports the damage.
    if (known?.key && known.key.fingerprint !== key?.fingerprint) throw keyReused();
    if (known !== undefined) {
      const logged = this.#rooms.deliveries.logged(known.id);
      return { isReplayed: true, trained: undefined, view: known, logged };
    }
    const trained = await train(request, this.#rooms, (...outcome) => ({
      ...keep(...outcome),
      ...(key && { key }),
    }));
    const { run, kept, accepted } = trained;
    const { id, logged } = accepted;
    const { experimentName, runName } = run;
    const asAccepted = { id, state: 'pending', acceptedAtMs: Date.now(), attempts: 0 } as const;
    const view = { ...asAccepted, experimentName, runName, ...kept };
    return { isReplayed: false, trained, view, logged };
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
    'This Idempotency-Key was used with another file or other fields: use a new key for each training, and the same file and fields to repeat a training.',
    { field: 'Idempotency-Key' },
  );
}
