import { createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { FieldError } from '../../errors.ts';
import type { FormTable } from '../../training/fields/table.ts';
import { HttpError } from '../problem.ts';
import { refuseName, uploadName } from '../upload/fileName.ts';
import { explainFormError, fileTooLarge } from '../upload/formErrors.ts';
import { UploadSlots } from '../upload/slots.ts';
import type { UploadOptions } from '../upload/upload.ts';
import { UploadBody } from '../upload/uploadBody.ts';
import { refuseCompressed, sendContinue } from './readBody.ts';

/** The part of a form that holds the CSV. */
const FILE_FIELD = 'file';
/** The form has the file alone: all options are in the query string. */
const PREDICT_FORM: FormTable = { files: [FILE_FIELD], rows: [], names: [] };
const NAME = 'predict.csv';
/** Bytes of a form around its file: boundaries and headers. */
const FORM_BYTES_MAX = 65_536;
const DISK_FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * Receives the CSV of `POST /predict` to disk: a part of a form, or the body itself. Many clients read nothing before they
 * have sent everything, so an answer that began earlier would make both sides wait for each other.
 */
export class FileReceiver {
  readonly #options: UploadOptions;
  readonly #slots: UploadSlots;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#slots = new UploadSlots(options);
  }

  /**
   * Returns the path of the file. The caller removes the file.
   * @throws HttpError, FieldError, TooLargeError, BusyError
   */
  async receive(request: Request, response: Response): Promise<string> {
    const isForm = request.is('multipart/form-data') !== false;
    if (!isForm && request.is('text/csv') === false) throw wrongType();
    refuseCompressed(request);
    const { fileBytesMax } = this.#options;
    const bytesMax = isForm ? fileBytesMax + FORM_BYTES_MAX : fileBytesMax;
    const length = Number(request.headers['content-length'] ?? 0);
    const tooLarge = (bytes: number) => fileTooLarge(fileBytesMax, bytes, FILE_FIELD);
    if (length > bytesMax) throw tooLarge(length);
    sendContinue(request, response);
    const body = new UploadBody(request, { ...this.#options, bytesMax, tooLarge });
    try {
      this.#slots.take(body);
      return await (isForm ? this.#readForm(body, response) : this.#readBody(body));
    } catch (error) {
      body.destroy();
      throw explained(error, this.#options);
    } finally {
      this.#slots.free(body);
    }
  }

  async #readBody(body: UploadBody): Promise<string> {
    const path = join(this.#options.dir, uploadName(NAME));
    try {
      await pipeline(body, createWriteStream(path));
      return path;
    } catch (error) {
      await removeFile(path);
      throw error;
    }
  }

  async #readForm(body: UploadBody, response: Response): Promise<string> {
    const { dir, fileBytesMax } = this.#options;
    const parse = multer({
      storage: multer.diskStorage({
        destination: dir,
        filename: (_, __, done) => done(null, uploadName(NAME)),
      }),
      fileFilter: (_request, file, done) => {
        const refusal = refuseName(file.originalname, file.fieldname);
        if (refusal === undefined) done(null, true);
        else done(refusal);
      },
      limits: {
        files: 1,
        fields: 0,
        parts: 2,
        fileSize: fileBytesMax,
        fieldNestingDepth: 0,
        fieldArrayIndexLimit: 0,
      },
    }).single(FILE_FIELD);
    const form = body as unknown as Request;
    await new Promise<void>((resolve, reject) => {
      parse(form, response, (cause: unknown) => (cause ? reject(cause as Error) : resolve()));
    });
    const { file } = form;
    if (file === undefined) throw missingFile();
    return file.path;
  }
}

export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

function explained(error: unknown, options: UploadOptions): unknown {
  if (error instanceof MulterError) {
    const { code } = error as { readonly code: string };
    if (code === 'LIMIT_FIELD_COUNT') return unexpectedField();
    if (['LIMIT_UNEXPECTED_FILE', 'LIMIT_FILE_COUNT', 'LIMIT_PART_COUNT'].includes(code))
      return missingFile();
    if (code === 'LIMIT_FILE_SIZE')
      return fileTooLarge(options.fileBytesMax, options.fileBytesMax + 1, FILE_FIELD);
  }
  if (DISK_FULL.includes((error as NodeJS.ErrnoException).code)) {
    return new HttpError(507, 'disk_full', 'The disk for uploads is full: retry when there is free space.');
  }
  return explainFormError(error, options, PREDICT_FORM);
}

function missingFile(): FieldError {
  const says = `The form must have one part, with the CSV in ${FILE_FIELD}: use curl -F ${FILE_FIELD}=@data.csv.`;
  return new FieldError('missing_file', says, { field: FILE_FIELD });
}

function unexpectedField(): FieldError {
  const says = `The form can only have the part ${FILE_FIELD}: write all options in the query string.`;
  return new FieldError('unknown_field', says, { allowed: [FILE_FIELD] });
}

function wrongType(): HttpError {
  const says = 'The body must be CSV: use curl -F file=@data.csv, or send the bytes with the type text/csv.';
  return new HttpError(415, 'wrong_content_type', says, { allowed: ['multipart/form-data', 'text/csv'] });
}
