import type { MessagePort } from 'node:worker_threads';
import { type SummaryShare, type SummaryTask, summariseNext } from '../../../data/columnSummaries.ts';
import { type Measured, type MeasureTask, measure } from '../blocks/measure.ts';
import { serveTeam, type TeamMessage } from '../blocks/team.ts';
import { ThreadLostError } from '../errors.ts';
import { fromReply, type Reply, replyWith } from '../threads/reply.ts';

/** Work on plain values that a helper does while the leader does something else. The helper answers with a message. */
type HelperTask =
  | { readonly kind: 'summarise'; readonly of: SummaryTask }
  | { readonly kind: 'measure'; readonly of: MeasureTask };

/** A task on its way to a helper. */
interface Sent {
  readonly kind: 'task';
  readonly id: number;
  /** One word: `FREE`, or `TAKEN` by the helper that has begun or by the leader that no longer waits. */
  readonly claim: Int32Array<SharedArrayBuffer>;
  readonly task: HelperTask;
}

interface Answer {
  readonly id: number;
  readonly reply: Reply<unknown>;
}

/** Messages of a leader to a helper. */
type HelperMessage = TeamMessage | Sent;

const FREE = 0;
const TAKEN = 1;

/**
 * Makes this thread do what a leader asks for through the port, until the port closes. A leader that ends without a word
 * closes the port too; then this thread must let go of the team's memory.
 */
export function serveHelperTasks(port: MessagePort): void {
  let team: string | undefined;
  port.on('message', (message: HelperMessage) => {
    if (message.kind === 'task') {
      void run(port, message);
      return;
    }
    if (message.kind === 'join') team = message.team;
    serveTeam(message);
  });
  port.on('close', () => {
    if (team !== undefined) serveTeam({ kind: 'leave', team });
  });
}

async function run(port: MessagePort, { id, claim, task }: Sent): Promise<void> {
  if (!take(claim)) return;
  const reply = await replyWith<unknown>(() =>
    task.kind === 'summarise' ? summariseNext(task.of) : measure(task.of),
  );
  port.postMessage({ id, reply } satisfies Answer);
}

function take(claim: Int32Array<SharedArrayBuffer>): boolean {
  return Atomics.compareExchange(claim, 0, FREE, TAKEN) === FREE;
}

/** A task that a helper does if it begins in time. */
export interface Pending<Result> {
  /**
   * The helper's result; undefined if the helper has not begun, and then it never will. So nobody waits for a helper that
   * is gone or busy.
   * @throws the helper's error; ThreadLostError if the helper has ended
   */
  result(): Promise<Result | undefined>;
}

/** The helpers of one training, as its leader sees them. */
export class HelperTasks {
  readonly #helpers: readonly HelperClient[];

  constructor(ports: readonly MessagePort[] = []) {
    this.#helpers = ports.map((port) => new HelperClient(port));
  }

  /** Makes every helper summarise columns, each the next one, while the leader does the same. */
  summarise(of: SummaryTask): Pending<SummaryShare[]> {
    const lent = this.#helpers.map((helper) => helper.start<SummaryShare>({ kind: 'summarise', of }));
    return {
      result: async () => {
        const shares = await Promise.all(lent.map((one) => one.result()));
        return shares.filter((share) => share !== undefined);
      },
    };
  }

  /** Makes the first helper measure while the leader does something else. */
  measure(of: MeasureTask): Pending<Measured> {
    return this.#helpers[0]?.start({ kind: 'measure', of }) ?? { result: async () => undefined };
  }
}

/** Tasks that one helper has not answered yet. */
class HelperClient {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (reply: Reply<unknown> | undefined) => void>();
  #lastId = 0;
  #isGone = false;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', ({ id, reply }: Answer) => this.#waiting.get(id)?.(reply));
    port.on('close', () => {
      this.#isGone = true;
      for (const answer of this.#waiting.values()) answer(undefined);
    });
  }

  start<Result>(task: HelperTask): Pending<Result> {
    const id = ++this.#lastId;
    const claim = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const answered = new Promise<Reply<unknown> | undefined>((resolve) => {
      if (this.#isGone) resolve(undefined);
      this.#waiting.set(id, resolve);
    });
    this.#port.postMessage({ kind: 'task', id, claim, task } satisfies Sent);
    return {
      result: async () => {
        if (take(claim)) return undefined;
        const reply = await answered;
        this.#waiting.delete(id);
        if (reply === undefined) throw new ThreadLostError();
        return fromReply(reply as Reply<Result>);
      },
    };
  }
}
