import { access, constants, mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Request, RequestHandler } from 'express';
import multer from 'multer';
import { ConfigError, FieldError } from '../../errors.ts';
import { FIELD_NAMES, FILE_FIELD } from '../../training/fields/table.ts';
import { notes } from '../notes.ts';
import { ownerOf, refuseName, shownName, uploadName } from './fileName.ts';
import {
  compressed,
  explainFormError,
  type FormLimits,
  fileTooLarge,
  notMultipart,
  unreadableForm,
} from './formErrors.ts';
import { boundaryOf, FormRewriter } from './formRewriter.ts';
import { type SlotOptions, UploadSlots } from './slots.ts';
import { type Intake, IntakeStorage, type UploadedFile } from './storage.ts';
import { type BodyTimes, UploadBody } from './uploadBody.ts';

export interface UploadOptions extends FormLimits, SlotOptions, BodyTimes {
  /** Folder for uploads under way. */
  readonly dir: string;
}

/** Most bytes of a part's headers and boundary. */
const PART_HEAD_BYTES_MAX = 1_024;
const TEXT_FIELDS: ReadonlySet<string> = new Set(FIELD_NAMES);

/**
 * Accepts a multipart form with one file. The fields go to `request.body`. The file goes to `options.dir` and, while it
 * arrives, to an intake that `open` begins. Multer removes the file if the upload breaks off. Otherwise the route must call
 * `removeUpload` once the response is known.
 */
export function upload(options: UploadOptions, open: () => Intake): RequestHandler {
  const places = new UploadSlots(options);
  const parse = multerOf(options, (body) => {
    // Before anything else: an upload without a slot gets no memory and no disk space.
    places.take(body as Request & UploadBody);
    return open();
  });
  const bytesMax =
    options.fileBytesMax + options.partsMax * (options.fieldValueBytesMax + PART_HEAD_BYTES_MAX);
  return (request, response, next) => {
    const length = Number(request.headers['content-length']);
    if (!request.is('multipart/form-data')) {
      next(notMultipart());
      return;
    }
    if (!isPlain(request.headers['content-encoding'])) {
      next(compressed());
      return;
    }
    if (length > bytesMax) {
      // None of the body is read.
      next(fileTooLarge(options.fileBytesMax, length));
      return;
    }
    // This route sends `100 Continue` itself, so that everything above is rejected before the body is sent.
    if (request.headers.expect !== undefined) {
      response.writeContinue();
      notes(response).continued = true;
    }
    const tooLarge = (bytes: number) => fileTooLarge(options.fileBytesMax, bytes);
    const form = rewriterOf(request, options.fieldValueBytesMax);
    const body = new UploadBody(request, { ...options, bytesMax, tooLarge }, form) as UploadBody & Request;
    parse(body, response, (cause: unknown) => {
      places.free(body);
      request.body = body.body;
      if (body.file !== undefined) request.file = body.file;
      if (cause) return next(explainFormError(cause, options));
      const refusal = unreadableForm(request.body);
      if (refusal === undefined) return next();
      // Multer is done, and does not remove the file any more.
      removeUpload(request.file).then(() => next(refusal), next);
    });
  };
}

/** Undefined without a boundary, which multer then reports. */
function rewriterOf(request: Request, textBytesMax: number): FormRewriter | undefined {
  const boundary = boundaryOf(request.headers['content-type'] ?? '');
  const fields = { file: FILE_FIELD, texts: TEXT_FIELDS, textBytesMax };
  return boundary === undefined ? undefined : new FormRewriter(boundary, fields);
}

function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.trim().toLowerCase() === 'identity';
}

function multerOf(options: UploadOptions, open: (request: Request) => Intake): RequestHandler {
  return multer({
    storage: new IntakeStorage(
      multer.diskStorage({
        destination: options.dir,
        filename: (_request, file, done) => done(null, uploadName(file.originalname)),
      }),
      open,
    ),
    defParamCharset: 'utf8',
    fileFilter: (_request, file, done) => {
      const refusal = refuseName(file.originalname);
      if (refusal === undefined) done(null, true);
      else done(refusal);
    },
    limits: {
      files: 1,
      fields: options.fieldsMax,
      parts: options.partsMax,
      fieldNameSize: options.fieldNameCharsMax,
      fieldSize: options.fieldValueBytesMax,
      fileSize: options.fileBytesMax,
      // Multer would build objects from names like a[b][c] or a[999999999]. A name of 200 bytes can hang the process.
      fieldNestingDepth: 0,
      fieldArrayIndexLimit: 0,
    },
  }).single(FILE_FIELD);
}

/** The form's file. @throws FieldError `missing_file` or `empty_file` */
export function requireFile(file: Express.Multer.File | undefined): UploadedFile {
  if (file === undefined) {
    throw new FieldError(
      'missing_file',
      `The form has no file: send the CSV in ${FILE_FIELD} (curl -F ${FILE_FIELD}=@data.csv).`,
      {
        field: FILE_FIELD,
      },
    );
  }
  if (file.size === 0) {
    throw new FieldError('empty_file', 'The file is empty: send a header line and rows.', {
      field: FILE_FIELD,
      value: shownName(file.originalname),
    });
  }
  return file as UploadedFile;
}

export async function removeUpload(file: Express.Multer.File | undefined): Promise<void> {
  if (file === undefined) return;
  await (file as Partial<UploadedFile>).intake?.release();
  await unlink(join(file.destination, file.filename)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

/**
 * Creates the folder, and removes the uploads that ended processes have left in it. Other files are not ours, and stay.
 * @throws ConfigError `temp_dir` if the folder cannot be written to
 */
export async function prepareUploads(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
  } catch (cause) {
    const says = `cannot be written to (${(cause as NodeJS.ErrnoException).code}): name another folder`;
    throw new ConfigError('temp_dir', `TEMP_DIR=${JSON.stringify(dir)} ${says}`, {}, { cause });
  }
  const left = (await readdir(dir)).filter((name) => {
    const pid = ownerOf(name);
    return pid !== undefined && (pid === process.pid || !isRunning(pid));
  });
  await Promise.all(left.map((name) => unlink(join(dir, name))));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // The process exists, and belongs to another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
