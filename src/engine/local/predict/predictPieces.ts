import type { TableLimits } from '../../../data/tableLimits.ts';
import { BodyError } from '../../../errors.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../../values/filePrediction.ts';
import type { PredictPiece } from '../threads/tasks.ts';

/** A thread as far as a file's predictions need it. */
export interface PredictionThread {
  predict(piece: PredictPiece): Promise<PredictedPiece>;
  forget(id: number): Promise<unknown>;
}

/** The piece of a model that adds up to so many numbers, and the least piece of any model. */
const PIECE_BYTES_MAX = 1 << 19;
const ADDED_OF_FULL_PIECE = 8;
const PIECE_BYTES_MIN = 1 << 12;

let lastId = 0;

/**
 * Lets a thread predict the rows of a file, piece by piece and in order. The thread works on one piece while the caller
 * takes the rows of the piece before, and never gets further ahead.
 * @param pieces the first is long enough to detect the format, or is the whole file; each stays as it is until the piece
 *   after the next is asked for
 * @returns rows, each piece of which stays as it is until the next is asked for
 */
export async function* predictPieces(
  thread: PredictionThread,
  pieces: AsyncIterable<Uint8Array>,
  spec: FilePredictionSpec,
  limits: TableLimits,
): AsyncGenerator<PredictedPiece> {
  lastId++;
  const id = lastId;
  const free: Uint8Array[] = [];
  const take = () => free.pop() ?? new Uint8Array(0);
  async function* handOver(predicted: Promise<PredictedPiece>): AsyncGenerator<PredictedPiece> {
    const piece = await predicted;
    yield piece;
    // The caller has asked for the next piece.
    free.push(new Uint8Array(piece.bytes.buffer));
  }
  const bytesMax = pieceBytesMax(spec);
  let begin: PredictPiece['begin'] | undefined;
  let ahead: Promise<PredictedPiece> | undefined;
  try {
    for await (const piece of pieces) {
      if (ahead === undefined) begin = { spec, limits, head: piece };
      for (let from = 0; from < piece.length; from += bytesMax) {
        const before = ahead;
        const bytes = piece.subarray(from, from + bytesMax);
        ahead = thread.predict({ id, bytes, isLast: false, into: take(), ...(begin && { begin }) });
        begin = undefined;
        // Its error is thrown when it is awaited.
        ahead.catch(() => undefined);
        if (before !== undefined) yield* handOver(before);
      }
    }
    if (ahead === undefined) throw emptyFile();
    yield* handOver(ahead);
    yield await thread.predict({ id, bytes: new Uint8Array(0), isLast: true, into: take() });
  } finally {
    await thread.forget(id).catch(() => undefined);
  }
}

/** Most bytes that the thread gets at once, so that it writes some megabytes even if rows are short. */
function pieceBytesMax({ model, explain }: FilePredictionSpec): number {
  const last = model.pipeline.steps.at(-1)?.[1];
  const regression = last?.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  const terms = regression?.estimator === 'LogisticRegression' ? regression.fitted.coef.flat().length : 0;
  const added = model.target.classes.length + (explain ? terms : 0);
  return Math.max(PIECE_BYTES_MIN, Math.floor(PIECE_BYTES_MAX / Math.max(1, added / ADDED_OF_FULL_PIECE)));
}

function emptyFile(): BodyError {
  return new BodyError('malformed_body', 'The file is empty: send a header line and rows.');
}
