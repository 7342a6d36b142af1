import { threadId } from 'node:worker_threads';
import { kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import { BLOCK_TASKS, type BlockTask, type BlockThreads } from '../../../kernels/passes.ts';
import { ThreadLostError, warnOfLostThread } from '../errors.ts';
import type { Scratch } from './scratch.ts';

/** A thread that can be asked to help; it hands what it is sent to `serveTeam`. */
export interface Helper {
  postMessage(message: TeamMessage): void;
}

/** What a team sends its helpers: once that it is there, before each task that there is work, and that it is gone. */
export type TeamMessage =
  | {
      readonly kind: 'join';
      readonly team: string;
      readonly memory: SharedMemory;
      readonly board: SharedArrayBuffer;
      /** The helper's place, from 1; the leader's is 0. */
      readonly seat: number;
    }
  | { readonly kind: 'wake'; readonly team: string }
  | { readonly kind: 'leave'; readonly team: string };

// The board's words. A ticket is taken by adding 1 to the tickets left, which count up from minus the number of blocks:
// below 0 it is good for one block, and everything else on the board stands until that block is done. From 0 on
// it is good for nothing, and nothing else may be read: the next task is perhaps just being written.
const TICKETS = 0;
const DONE = 1;
const BLOCKS = 2;
const TASK = 3;
const SCRATCH = 4;
const SCRATCH_BYTES = 5;
const ARGS_COUNT = 6;
/** 1 once a block has failed: those behind it are only counted then. */
const FAILED = 7;
const ARGS = 8;
const ARGS_MAX = 20;
/** From here on a word a seat: 1 from the time that a helper is called until it goes. */
const CALLED = ARGS + ARGS_MAX;

/** With fewer cells it takes longer to wake a helper than to do without. */
const CELLS_MIN = 100_000;
/** A block takes a helper milliseconds; one that has ended in the middle of it never comes back. */
const WAIT_MS_MAX = 30_000;
/**
 * So long a thread stays awake for the next task, or for the last block of this one, before it goes. Passes follow each other
 * within microseconds, and a thread that sleeps in between tends to be woken on the other's processor.
 */
const LINGER_MS = 0.5;
/** Looks at the board between two looks at the clock. */
const LOOKS = 200;

let nTeams = 0;

/**
 * Runs jobs on the blocks of a memory: on this thread, and on helpers where there are any. A helper is woken by a message
 * for each task and free for other work in between; one that comes late finds no ticket left.
 */
export class Team implements BlockThreads {
  readonly #id = `${threadId}.${nTeams++}`;
  readonly #helpers: readonly Helper[];
  readonly #memory: SharedMemory;
  readonly #board: Int32Array<SharedArrayBuffer>;
  #haveJoined = false;
  /** What was begun and is not finished. */
  #underWay: { readonly task: BlockTask; readonly scratch: number } | undefined;

  /** @param helpers threads other than this one, each once */
  constructor(memory: SharedMemory, helpers: readonly Helper[] = []) {
    this.#memory = memory;
    this.#helpers = helpers;
    const words = CALLED + helpers.length + 1;
    this.#board = new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT));
  }

  get size(): number {
    return this.#helpers.length + 1;
  }

  /** Runs the task to its end. @throws ThreadLostError where a helper fails in a block, or does not come back from it */
  run(task: BlockTask, scratch: Scratch): void {
    scratch.scope(() => {
      this.begin(task, scratch.take(task.scratchBytes * (this.#isShared(task) ? this.size : 1)));
      this.finish();
    });
  }

  begin(task: BlockTask, scratch: number): void {
    this.#underWay = { task, scratch };
    // Where nothing is posted, helpers that are still awake do not take row set: there may be no room for them.
    if (!this.#isShared(task)) return;
    this.#post(task, scratch);
    this.#wake();
  }

  finish(): void {
    if (this.#underWay === undefined) return;
    const { task, scratch } = this.#underWay;
    this.#underWay = undefined;
    if (this.#isShared(task)) {
      const failure = takeTickets({ board: this.#board, memory: this.#memory, seat: 0 });
      // Whoever still works does so on this memory, which is another's once a failure is told.
      this.#waitFor(task.nBlocks);
      if (failure !== undefined) throw failure;
      if (this.#board[FAILED] !== 0) throw new ThreadLostError();
    } else {
      this.#runAlone(task, scratch);
    }
  }

  #isShared({ nBlocks, cells }: BlockTask): boolean {
    return this.#helpers.length > 0 && nBlocks > 1 && cells >= CELLS_MIN;
  }

  /** Lets the helpers forget the memory. @throws as `finish`, where something was begun and is not finished */
  close(): void {
    try {
      // They may be in the middle of what the leader has given up.
      if (this.#underWay !== undefined && this.#isShared(this.#underWay.task)) this.finish();
    } finally {
      if (this.#haveJoined)
        for (const helper of this.#helpers) helper.postMessage({ kind: 'leave', team: this.#id });
      this.#haveJoined = false;
    }
  }

  #runAlone({ kernel, args, nBlocks }: BlockTask, scratch: number): void {
    const run = kernelsOf(this.#memory)[kernel];
    for (let block = 0; block < nBlocks; block++) run(...args, block, scratch);
  }

  #post({ kernel, args, nBlocks, scratchBytes }: BlockTask, scratch: number): void {
    const board = this.#board;
    board[BLOCKS] = nBlocks;
    board[TASK] = BLOCK_TASKS.indexOf(kernel);
    board[SCRATCH] = scratch;
    board[SCRATCH_BYTES] = scratchBytes;
    board[ARGS_COUNT] = args.length;
    board[FAILED] = 0;
    board.set(args, ARGS);
    Atomics.store(board, DONE, 0);
    Atomics.store(board, TICKETS, -nBlocks);
  }

  #wake(): void {
    if (!this.#haveJoined) {
      this.#haveJoined = true;
      this.#helpers.forEach((helper, i) => {
        helper.postMessage({
          kind: 'join',
          team: this.#id,
          memory: this.#memory,
          board: this.#board.buffer,
          seat: i + 1,
        });
      });
    }
    this.#helpers.forEach((helper, i) => {
      const isCalled = Atomics.exchange(this.#board, CALLED + i + 1, 1) === 1;
      if (!isCalled) helper.postMessage({ kind: 'wake', team: this.#id });
    });
  }

  #waitFor(nBlocks: number): void {
    const board = this.#board;
    linger(() => Atomics.load(board, DONE) >= nBlocks);
    for (;;) {
      const done = Atomics.load(board, DONE);
      if (done >= nBlocks) return;
      if (Atomics.wait(board, DONE, done, WAIT_MS_MAX) === 'timed-out') {
        const cause = new Error(`A helper has not come back from a block within ${WAIT_MS_MAX} ms.`);
        throw new ThreadLostError({ cause });
      }
    }
  }
}

interface Seat {
  readonly memory: SharedMemory;
  readonly board: Int32Array;
  readonly seat: number;
}

/** The teams that this thread helps. */
const seats = new Map<string, Seat>();

/** What a helper thread does with a team's message. */
export function serveTeam(message: TeamMessage): void {
  if (message.kind === 'join') {
    const { memory, seat, board } = message;
    seats.set(message.team, { memory, seat, board: new Int32Array(board) });
  } else if (message.kind === 'leave') {
    seats.delete(message.team);
  } else {
    const seat = seats.get(message.team);
    if (seat !== undefined) help(seat);
  }
}

function help(place: Seat): void {
  const { board, seat } = place;
  let failure: unknown;
  do failure ??= takeTickets(place);
  while (linger(() => Atomics.load(board, TICKETS) < 0));
  Atomics.store(board, CALLED + seat, 0);
  // A task that came before this helper had gone did not call it.
  failure ??= takeTickets(place);
  // The leader is told by the board; uploads that this thread reads are not to be lost for it.
  if (failure !== undefined) warnOfLostThread(failure);
}

/** Waits a little, awake, and says whether it has come. */
function linger(hasCome: () => boolean): boolean {
  const end = performance.now() + LINGER_MS;
  do {
    for (let look = 0; look < LOOKS; look++) if (hasCome()) return true;
  } while (performance.now() < end);
  return false;
}

/** Takes blocks until there are no more. @returns what one of them failed with */
function takeTickets({ board, memory, seat }: Seat): unknown {
  let failure: unknown;
  for (;;) {
    const ticket = Atomics.add(board, TICKETS, 1);
    if (ticket >= 0) return failure;
    const nBlocks = board[BLOCKS]!;
    const args = board.subarray(ARGS, ARGS + board[ARGS_COUNT]!);
    try {
      const task = kernelsOf(memory)[BLOCK_TASKS[board[TASK]!]!];
      const scratch = board[SCRATCH]! + seat * board[SCRATCH_BYTES]!;
      if (Atomics.load(board, FAILED) === 0) task(...args, ticket + nBlocks, scratch);
    } catch (error) {
      failure ??= error;
      Atomics.store(board, FAILED, 1);
    }
    if (Atomics.add(board, DONE, 1) + 1 === nBlocks) Atomics.notify(board, DONE);
  }
}
