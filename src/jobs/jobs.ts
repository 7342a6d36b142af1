import { FieldError } from '../errors.ts';
import { type Keep, type Trained, type TrainingRooms, type TrainRequest, train } from '../training/train.ts';
import type { DeliveryView, Kept } from '../values/delivery.ts';
import type { LoggedRun } from '../values/run.ts';
import { KeysUnderWay } from './keys.ts';
import { within } from './within.ts';

/** A training that was asked for. */
export interface Submission {
  readonly request: TrainRequest;
  /** What is to be kept with the training for later answers. */
  readonly keep: Keep;
  /** Under this key the client may ask for the same training again. */
  readonly key?: Required<Kept>['key'];
}

/** A training from its submission to its end in MLflow. */
export interface Job {
  /** Whether an earlier request with the same key was the training. */
  readonly isReplayed: boolean;
  /** What came out; undefined of an earlier request's training. */
  readonly trained: Trained | undefined;
  /** How far the training was when it was accepted, or found again. */
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
   * Trains, and resolves once the training is accepted. A key that was used before stands for its training.
   * @throws FieldError `idempotency_key_reused` if the key was used for something else
   * @throws what `train` throws
   */
  async submit({ request, keep, key }: Submission): Promise<Job> {
    const known = key && (await this.#rooms.deliveries.findByKey(key.digest));
    // A damaged record does not say what it stood for, and its answer says so.
    if (known?.key && known.key.fingerprint !== key?.fingerprint) throw keyReused();
    if (known !== undefined) {
      const logged = this.#rooms.deliveries.logged(known.id);
      return { isReplayed: true, trained: undefined, view: known, logged };
    }
    const trained = await train(request, this.#rooms, (result, run) => ({
      ...keep(result, run),
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
   * Waits for MLflow, at most so long, and no longer than somebody wants to know or the service may wait. The answer is
   * read from the record, refusals too, so that every answer to one training is the same.
   */
  async settled({ view, logged }: Job, waitMs: number, gone: AbortSignal): Promise<DeliveryView> {
    const enough = [gone, this.#rooms.underWay.hurried];
    const ended = logged?.then(
      () => true,
      () => true,
    );
    if (ended === undefined || (await within(ended, waitMs, enough)) === undefined) return view;
    const found = await this.#rooms.deliveries.find(view.id);
    if (found === undefined) throw new Error(`the delivery ${view.id} is gone`);
    return found;
  }
}

function keyReused(): FieldError {
  return new FieldError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another file or other fields: give each training a key of its own, and repeat a training with the same file and fields.',
    { field: 'Idempotency-Key' },
  );
}
