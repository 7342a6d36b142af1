import { threadId } from 'node:worker_threads';
import { kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import { BLOCK_TASKS, type BlockTask, type BlockThreads } from '../../../kernels/passes.ts';
import { ThreadLostError, warnOfLostThread } from '../errors.ts';
import type { Scratch } from './scratch.ts';

/** A thread that can help. It passes the messages that it gets to `serveTeam`. */
export interface Helper {
  postMessage(message: TeamMessage): void;
}

/** Messages of a team to its helpers: one at its beginning, one for each task, one at its end. */
export type TeamMessage =
  | {
      readonly kind: 'join';
      readonly team: string;
      readonly memory: SharedMemory;
      readonly board: SharedArrayBuffer;
      /** The helper's place, from 1; the leader has place 0. */
      readonly seat: number;
    }
  | { readonly kind: 'wake'; readonly team: string }
  | { readonly kind: 'leave'; readonly team: string };

// The words of the board. A thread takes a ticket by adding 1 to TICKETS, which counts up from minus the number of blocks.
// A ticket below 0 stands for one block, and the rest of the board does not change until that block is done. A ticket of
// 0 or more stands for nothing, and the thread may read nothing else: the leader may be writing the next task.
const TICKETS = 0;
const DONE = 1;
const BLOCKS = 2;
const TASK = 3;
const SCRATCH = 4;
const SCRATCH_BYTES = 5;
const ARGS_COUNT = 6;
/** 1 once a block has failed: threads only count the blocks behind it. */
const FAILED = 7;
const ARGS = 8;
const ARGS_MAX = 20;
/** From here on one word for each seat: 1 from the moment that a helper is called until it leaves. */
const CALLED = ARGS + ARGS_MAX;

/** With fewer cells, waking a helper takes longer than working without it. */
const CELLS_MIN = 100_000;
/** A block takes milliseconds. A helper that ends in the middle of a block never reports it. */
const WAIT_MS_MAX = 30_000;
/**
 * How long a thread stays awake for the next task, or for the last block of this one. Passes follow each other within
 * microseconds, and the system tends to wake a sleeping thread on the other thread's core.
 */
const LINGER_MS = 0.5;
/** How often a thread looks at the board before it looks at the clock. */
const LOOKS = 200;

let nTeams = 0;

/**
 * Runs tasks on the blocks of a memory, on this thread and on helpers. A message wakes a helper for each task; the helper
 * is free for other work in between, and finds no ticket if it comes late.
 */
export class Team implements BlockThreads {
  readonly #id = `${threadId}.${nTeams++}`;
  readonly #helpers: readonly Helper[];
  readonly #memory: SharedMemory;
  readonly #board: Int32Array<SharedArrayBuffer>;
  #haveJoined = false;
  /** The task that was begun and is not finished. */
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

  /** Runs the task to its end. @throws ThreadLostError if a helper fails in a block or does not come back from one */
  run(task: BlockTask, scratch: Scratch): void {
    scratch.scope(() => {
      this.begin(task, scratch.take(task.scratchBytes * (this.#isShared(task) ? this.size : 1)));
      this.finish();
    });
  }

  begin(task: BlockTask, scratch: number): void {
    this.#underWay = { task, scratch };
    // A helper that is still awake must not take part in a small task: the leader took no scratch memory for it.
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
      // Helpers may still be at work on this memory, which another file gets once the failure is known.
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

  /** Makes the helpers forget the memory. @throws as `finish`, if a task was begun and is not finished */
  close(): void {
    try {
      // The helpers may be in the middle of a task that the leader has given up.
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

/** Handles a team's message on a helper thread. */
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
  // A task that was posted before this helper left did not call it.
  failure ??= takeTickets(place);
  // The leader sees the failure on the board. Throwing here would end the thread, and lose the uploads that it reads.
  if (failure !== undefined) warnOfLostThread(failure);
}

/** Stays awake for a moment. @returns whether the condition came true */
function linger(hasCome: () => boolean): boolean {
  const end = performance.now() + LINGER_MS;
  do {
    for (let look = 0; look < LOOKS; look++) if (hasCome()) return true;
  } while (performance.now() < end);
  return false;
}

/** Takes blocks until none is left. @returns the error of a block that failed */
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
