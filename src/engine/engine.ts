import type { DryRun } from '../values/dryRun.ts';
import type { Evaluation, EvaluationPlan } from '../values/evaluation.ts';
import type { FilePredictionSpec, PredictedPiece } from '../values/filePrediction.ts';
import type { Plan } from '../values/plan.ts';
import type { Result } from '../values/result.ts';
import type { Watch } from './watch.ts';

/** A file that an engine takes in while it arrives. */
interface Intake {
  /** Takes the next bytes, and resolves when more may come. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that no more bytes will come. */
  end(): void;
  /** Lets go of the file and its memory. Can be called at any time, and again. */
  release(): Promise<void>;
}

/** A posted file. It lies on disk whole; an engine that took it in while it arrived has read it already. */
export interface FileSource {
  readonly path: string;
  readonly intake: Intake;
}

/** The training file, and the test file of a plan whose hold-out is a file. */
export interface Source extends FileSource {
  readonly test?: FileSource;
}

/** Finds out what a plan asks for. */
export interface Engine {
  /** @throws FieldError for what this engine cannot do */
  check(plan: Plan): void;
  /**
   * Begins to take in a file. The caller must `release` it in the end.
   * @throws BusyError or DataError if there is no memory for another table
   */
  receive(): Intake;
  /**
   * Trains and measures the plan's candidates.
   * @throws BusyError if too many trainings wait, or others hold the memory
   * @throws DataError, NotATableError, TooLargeError or FieldError if a file or the plan does not allow it
   * @throws CancelledError once the watch is cancelled
   */
  run(source: Source, plan: Plan, watch: Watch): Promise<Result>;
  /** Reports what `run` would come to, without fitting. @throws as `run`, but what the report can tell it tells */
  inspect(source: Source, plan: Plan, watch: Watch): Promise<DryRun>;
  /**
   * Measures a model that was trained before on the rows of a file with labels.
   * @throws as `run`; errors about the file name it as the test file
   */
  evaluate(source: FileSource, plan: EvaluationPlan, watch: Watch): Promise<Evaluation>;
  /**
   * Adds a model's predictions to the rows of a CSV, piece by piece and in order.
   * @param pieces the first is long enough to detect the format, or is the whole file; each stays as it is until the piece
   *   after the next is asked for
   * @returns rows, each piece of which stays as it is until the next is asked for
   * @throws BodyError at the first row that cannot be read or predicted
   */
  predict(pieces: AsyncIterable<Uint8Array>, spec: FilePredictionSpec): AsyncIterable<PredictedPiece>;
}
