import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAccepted, postTraining } from '../../test/support/trainer.ts';
import { type TrainForm, trainForm } from '../../test/support/trainForm.ts';
import { type Offered, TAG } from './verdict.ts';

export const DIABETES = readFileSync(join(import.meta.dirname, '../../data/diabetes.csv'));
/** Values of C. Each gives another model, so that the files of one model cannot pass for those of another. */
export const CS = ['0.1', '1.0', '10.0'] as const;

/** The values of a sweep, each with its model in MLflow. */
export const SWEEP = '0.01,0.1,1.0,10.0,100.0';
/** One of this many trainings is a sweep. The number is odd, so that sweeps come with a key and without. */
const SWEEP_EVERY = 5;

const RETRY_PAUSE_MS = 100;

export interface CallersOptions {
  readonly url: string;
  readonly experimentName: string;
  readonly random: () => number;
  /** Number of callers at once. */
  readonly callers: number;
  /** The longest pause between an answer and the next training of the same caller. */
  readonly gapMs: number;
  /** Whether a caller may post another training now. */
  readonly isWanted: (accepted: number) => boolean;
  /** Whether every second training has an Idempotency-Key, and is posted again until it is answered. */
  readonly withKeys: boolean;
  /** Whether some trainings are sweeps. */
  readonly withSweeps: boolean;
  /** Whether the trainings are jobs that the service does after its answer. */
  readonly later?: boolean;
}

/** Clients that post trainings of data/diabetes.csv, each with its own tag, and remember the answers. */
export class Callers {
  readonly offered: Offered[] = [];
  readonly statuses = new Map<number, number>();
  readonly #options: CallersOptions;
  readonly #calling: Promise<unknown>;
  #over = false;

  constructor(options: CallersOptions) {
    this.#options = options;
    this.#calling = Promise.all(Array.from({ length: options.callers }, () => this.#call()));
  }

  get accepted(): number {
    return this.offered.filter(({ accepted }) => accepted).length;
  }

  get withSweeps(): boolean {
    return this.#options.withSweeps;
  }

  get acceptedSweeps(): number {
    return this.offered.filter(({ accepted, C }) => accepted && C === SWEEP).length;
  }

  /** Resolves when each caller has its answer, or knows that no answer will come. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#calling;
  }

  async #call(): Promise<void> {
    const { url, experimentName, random, gapMs, isWanted, withKeys, withSweeps } = this.#options;
    while (!this.#over) {
      if (!isWanted(this.accepted)) {
        await sleep(RETRY_PAUSE_MS);
        continue;
      }
      const place = this.offered.length;
      const isSweep = withSweeps && place % SWEEP_EVERY === 1;
      const offer = { ...newOffer(place, random), ...(isSweep && { C: SWEEP }) };
      this.offered.push(offer);
      const form = formOf(offer, experimentName);
      if (withKeys && place % 2 === 0) await this.#postUntilAccepted(offer, form);
      else offer.accepted = isAccepted(await this.#post(url, form, {}));
      await sleep(gapMs * random());
    }
  }

  /** Posts a request with a key until it is accepted. A caller that gives up does not know whether it was accepted. */
  async #postUntilAccepted(offer: Offered, form: TrainForm): Promise<void> {
    const headers = { 'idempotency-key': offer.tag };
    while (!offer.accepted && !this.#over) {
      offer.accepted = isAccepted(await this.#post(this.#options.url, form, headers));
      if (!offer.accepted) await sleep(RETRY_PAUSE_MS);
    }
  }

  async #post(url: string, form: TrainForm, headers: Readonly<Record<string, string>>) {
    const prefer = this.#options.later === true ? { prefer: 'respond-async' } : {};
    const answered = await postTraining(url, form, { headers: { ...headers, ...prefer } });
    const status = answered?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    return answered;
  }
}

/** Makes a training to post. Every third training moves an alias. */
export function newOffer(place: number, random: () => number): Offered {
  const tag = randomUUID();
  return {
    tag,
    C: CS[Math.floor(random() * CS.length)]!,
    registeredModel: `torture-${tag}`,
    ...(place % 3 === 0 && { alias: 'champion' }),
    accepted: false,
  };
}

export function formOf({ tag, C, registeredModel, alias }: Offered, experimentName: string): TrainForm {
  return trainForm(
    {
      tol: C,
      iterations: '100',
      ...(C === SWEEP && { cv: '2', log_models: 'all' }),
      exp_name: experimentName,
      ...(registeredModel !== undefined && { registered_model: registeredModel }),
      tags: `${TAG}=${tag}`,
      ...(alias !== undefined && { alias }),
    },
    DIABETES,
  );
}
