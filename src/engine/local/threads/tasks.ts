import type { MessagePort } from 'node:worker_threads';
import type { ReadOptions } from '../../../data/readTable.ts';
import type { TableLimits } from '../../../data/tableLimits.ts';
import type { DryRun } from '../../../values/dryRun.ts';
import type { Evaluation, EvaluationPlan } from '../../../values/evaluation.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../../values/filePrediction.ts';
import type { Plan } from '../../../values/plan.ts';
import type { Result } from '../../../values/result.ts';
import type { WorkLimit } from '../fit/pace.ts';
import type { Both, ReadTable, Unread } from '../reading/types.ts';
import type { Reply } from './reply.ts';

/** The next bytes of a file. */
export interface ReadPiece {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  /** With the first bytes `memory` is set: the table is to lie there. */
  readonly options: ReadOptions;
  /** How long the thread may work on the file. */
  readonly parseTimeoutMs?: number;
}

/** The next bytes of a file whose rows are predicted. */
export interface PredictPiece {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  /** A shared buffer for the rows, which is used if it is large enough. */
  readonly into: Uint8Array;
  /** Is set with the first bytes. */
  readonly begin?: {
    readonly spec: FilePredictionSpec;
    readonly limits: TableLimits;
    /** Bytes that decide the format. They begin with `bytes`, or `bytes` with them. */
    readonly head: Uint8Array;
  };
}

/** A file that was read. */
export interface TaskFile {
  readonly read: ReadTable | Unread;
  /** The file, in case that it must be read again. */
  readonly path: string;
}

/** Something to find out from a table. */
interface TableTask<Asked> {
  /** An evaluation has one file, in the place of the training file. */
  readonly files: Both<TaskFile>;
  readonly plan: Asked;
  readonly options: ReadOptions;
  /** Words of the `Watch` that follows the work. */
  readonly watch: SharedArrayBuffer;
  /** To threads that help. */
  readonly ports: readonly MessagePort[];
  readonly limit: WorkLimit;
}

/** Each kind of task: what a thread gets, and what it gives back. A new kind is one row here and one in `handlers.ts`. */
export interface Tasks {
  /** The table, after the last bytes. */
  readonly read: readonly [ReadPiece, ReadTable | undefined];
  /** Lets go of a file that will not be read to its end. */
  readonly forget: readonly [{ readonly id: number }, undefined];
  /** Helps with passes until the port is closed. */
  readonly help: readonly [{ readonly port: MessagePort }, undefined];
  /** The rows that the bytes complete, with their predictions. */
  readonly predict: readonly [PredictPiece, PredictedPiece];
  /** Lets go of a file that will not be predicted to its end. */
  readonly forgetPrediction: readonly [{ readonly id: number }, undefined];
  readonly run: readonly [TableTask<Plan>, Result];
  readonly inspect: readonly [TableTask<Plan>, DryRun];
  readonly evaluate: readonly [TableTask<EvaluationPlan>, Evaluation];
  /** Loads and compiles what the first training needs, by running the plan on a made-up table. */
  readonly warmUp: readonly [{ readonly plan: Plan }, undefined];
  readonly collectGarbage: readonly [undefined, undefined];
}

export type TaskKind = keyof Tasks;

export type Handlers = {
  readonly [Kind in TaskKind]: (input: Tasks[Kind][0]) => Tasks[Kind][1] | Promise<Tasks[Kind][1]>;
};

/** What is posted to a thread. */
export interface TaskMessage<Kind extends TaskKind = TaskKind> {
  readonly kind: Kind;
  readonly input: Tasks[Kind][0];
}

/** What a thread posts: once that it is there, and then an answer to each task, in order. */
export type ThreadMessage = 'ready' | Reply<unknown>;

/** What a thread is started with. */
export interface ThreadData {
  /** The words of the budget that its memories count against. */
  readonly budget: SharedArrayBuffer;
}
