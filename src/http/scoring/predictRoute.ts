import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import { SNIFF_BYTES } from '../../data/sniff.ts';
import type { TrainingRooms } from '../../training/train.ts';
import type { PredictedPiece } from '../../values/filePrediction.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import { problemText } from '../problem.ts';
import type { UploadOptions } from '../upload/upload.ts';
import { badBody } from './bodyError.ts';
import type { ScoringOptions, ScoringRooms } from './invocationsRoute.ts';
import { asMlflowError, withMlflowKeys } from './mlflowError.ts';
import { COMMON, checkQuery, flag, modelOf, oneOf } from './query.ts';
import { FileReceiver, removeFile } from './receiveFile.ts';
import { tellAge } from './score.ts';

const CSV_TYPE = 'text/csv; charset=utf-8';
/** Names the error if the answer breaks off. It is a trailer, because the status is sent before the error is known. */
const ERROR_TRAILER = 'Trainpost-Error';
const GZIP = [0x1f, 0x8b] as const;
/** Bytes that a thread predicts at once, in 20 ms or less, so that uploads that it reads do not wait long. */
const PIECE_BYTES = 1 << 19;
/** Enough to detect the format, with the character and the line end behind it. */
const HEAD_BYTES = SNIFF_BYTES + 64;

interface PredictRooms extends Pick<ScoringRooms, 'models'> {
  readonly engine: Pick<TrainingRooms['engine'], 'predict'>;
}

/** `POST /predict`: answers a CSV with the same CSV and its predictions, row by row and in constant memory. */
export function predictRoute(
  { models, engine }: PredictRooms,
  options: ScoringOptions,
  uploads: UploadOptions,
): Router {
  const receiver = new FileReceiver(uploads);
  const router = Router();
  router
    .route('/predict')
    .post(async (request, response) => {
      const { query } = request;
      checkQuery(query, [...COMMON, 'on_error']);
      const explain = flag(query, 'explain');
      const marksBad = oneOf(query, 'on_error', ['fail', 'null'], 'fail') === 'null';
      const uri = modelOf(query, options.modelUri);
      // Before the upload, so that a wrong name costs no upload.
      const ready = await models.load(uri);
      const path = await receiver.receive(request, response);
      let isWhole = false;
      try {
        tellAge(ready, response);
        // HTTP/1.0 has no trailers.
        if (request.httpVersion !== '1.0') response.set('Trailer', ERROR_TRAILER);
        const model = ready.model.description;
        const rows = engine.predict(pieces(path, uploads.fileBytesMax), { model, explain, marksBad });
        isWhole = await send(rows, request, response);
      } finally {
        await removeFile(path);
      }
      // The file is removed before the client has the whole answer.
      if (isWhole) response.end();
    })
    .all(onlyMethods('POST'));
  router.use('/predict', asMlflowError);
  return router;
}

/** The file's bytes, unpacked if they are gzip; the first piece is long enough to detect the format. */
async function* pieces(path: string, bytesMax: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const slots = [newSlot(), newSlot()] as const;
    for (let at = 0, isFirst = true; ; at = 1 - at, isFirst = false) {
      const slot = slots[at as 0 | 1];
      const { bytesRead } = await file.read(slot, 0, slot.length);
      if (bytesRead === 0) return;
      if (isFirst && GZIP.every((byte, index) => slot[index] === byte)) break;
      yield slot.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
  yield* unpacked(createReadStream(path, { highWaterMark: PIECE_BYTES }), bytesMax);
}

/** Memory that a thread reads while the other slot is filled. */
function newSlot(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(PIECE_BYTES));
}

/** @throws BodyError if the bytes are no gzip, or unpack to more than `bytesMax` */
async function* unpacked(file: Readable, bytesMax: number): AsyncIterable<Buffer> {
  const gunzip = file.pipe(createGunzip({ chunkSize: PIECE_BYTES }));
  file.once('error', (error) => gunzip.destroy(error));
  let held = Buffer.alloc(0);
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax)
        throw badBody(`The file unpacks to more than ${bytesMax} bytes: send a smaller file.`, {
          limit: bytesMax,
        });
      held = Buffer.concat([held, chunk]);
      if (held.length < HEAD_BYTES) continue;
      yield held;
      held = Buffer.alloc(0);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    throw badBody('The gzip file is damaged or cut: send it again.');
  } finally {
    file.destroy();
  }
  if (held.length > 0) yield held;
}

/** Sends the pieces as fast as the client reads them. Returns whether all are sent, and leaves the answer open. */
async function send(
  pieces: AsyncIterable<PredictedPiece>,
  request: Request,
  response: Response,
): Promise<boolean> {
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  try {
    for await (const { bytes, rows } of pieces) {
      if (response.destroyed) return false;
      if (bytes.length === 0) continue;
      if (!response.headersSent) response.status(200).set('Content-Type', CSV_TYPE);
      notes(response).rows = (notes(response).rows ?? 0) + rows;
      // The bytes are written over as soon as the next piece is asked for.
      const sent = new Promise<unknown>((resolve) => response.write(bytes, resolve));
      await Promise.race([sent, gone]);
    }
    return true;
  } catch (error) {
    if (!response.headersSent) {
      response.removeHeader('Trailer');
      throw error;
    }
    breakOff(error, request, response);
    return false;
  }
}

/**
 * Ends an answer that has begun so that no client takes it for whole. The last chunk and the trailer are sent without the
 * empty line behind them, and the connection is closed. A client with HTTP/1.0 sees that the connection is reset.
 */
function breakOff(cause: unknown, request: Request, response: Response): void {
  const error = withMlflowKeys(cause);
  const text = problemText(error, request.path);
  notes(response).code = error.code;
  if (error.status >= 500)
    notes(response).cause = (cause instanceof Error ? cause.stack : undefined) ?? String(cause);
  const { socket } = response;
  if (socket === null) return;
  if (request.httpVersion === '1.0') {
    socket.resetAndDestroy();
    return;
  }
  // Characters beyond ASCII cannot stand in a header.
  const ascii = text.replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  response.write('', () => socket.end(`0\r\n${ERROR_TRAILER}: ${ascii}\r\n`, () => socket.destroy()));
}
