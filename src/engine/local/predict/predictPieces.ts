import type { TableLimits } from '../../../data/tableLimits.ts';
import { BodyError } from '../../../errors.ts';
import type { FilePredictionSpec, PredictedPiece } from '../../../values/filePrediction.ts';
import type { PredictPiece } from '../threads/tasks.ts';

/** A thread as far as a file's predictions need it. */
export interface PredictionThread {
  predict(piece: PredictPiece): Promise<PredictedPiece>;
  forget(id: number): Promise<unknown>;
}

let lastId = 0;

/**
 * Lets a thread predict the rows of a file, piece by piece and in order. The thread works on one piece while the caller
 * takes the rows of the piece before, and never gets further ahead.
 * @param pieces the first is long enough to detect the format, or is the whole file
 */
export async function* predictPieces(
  thread: PredictionThread,
  pieces: AsyncIterable<Uint8Array>,
  spec: FilePredictionSpec,
  limits: TableLimits,
): AsyncGenerator<PredictedPiece> {
  lastId++;
  const id = lastId;
  let begin: PredictPiece['begin'] | undefined = { spec, limits };
  let ahead: Promise<PredictedPiece> | undefined;
  try {
    for await (const bytes of pieces) {
      const before = ahead;
      ahead = thread.predict({ id, bytes, isLast: false, ...(begin && { begin }) });
      begin = undefined;
      // Its error is thrown when it is awaited.
      ahead.catch(() => undefined);
      if (before !== undefined) yield await before;
    }
    if (ahead === undefined) throw emptyFile();
    yield await ahead;
    yield await thread.predict({ id, bytes: new Uint8Array(0), isLast: true });
  } finally {
    await thread.forget(id).catch(() => undefined);
  }
}

function emptyFile(): BodyError {
  return new BodyError('malformed_body', 'The file is empty: send a header line and rows.');
}
