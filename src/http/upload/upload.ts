import { access, constants, mkdir, readdir, unlink } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Request, RequestHandler } from 'express';
import multer from 'multer';
import { ConfigError, FieldError } from '../../errors.ts';
import { FILE_FIELD, type FormTable, TEST_FILE_FIELD } from '../../training/fields/table.ts';
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
import type { SlotOptions, UploadSlots } from './slots.ts';
import { type Intake, IntakeStorage, type UploadedFile } from './storage.ts';
import { type BodyTimes, UploadBody } from './uploadBody.ts';

export interface UploadOptions extends FormLimits, SlotOptions, BodyTimes {
  /** Folder for uploads under way. */
  readonly dir: string;
}

/** Options with the places that all routes share. */
export interface UploadPlaces extends UploadOptions {
  readonly places: UploadSlots;
}

/** Most bytes of a part's headers and boundary. */
const PART_HEAD_BYTES_MAX = 1_024;

/**
 * Accepts a multipart form with its files. The fields go to `request.body`. The files go to
 * `options.dir` and, while they arrive, each to an intake that `open` begins. Multer removes the files if the upload breaks
 * off. Otherwise the route must call `removeUploads` once the response is known.
 */
export function upload(
  { places, ...options }: UploadPlaces,
  form: FormTable,
  open: (headers: IncomingHttpHeaders) => Intake,
): RequestHandler {
  const parse = multerOf(options, form, (body) => {
    // Before anything else: an upload without a slot gets no memory and no disk space.
    places.take(body as Request & UploadBody);
    return open(body.headers);
  });
  const [file] = form.files;
  const bytesMax =
    form.files.length * options.fileBytesMax +
    options.partsMax * (options.fieldValueBytesMax + PART_HEAD_BYTES_MAX);
  return (request, response, next) => {
    const length = Number(request.headers['content-length']);
    if (!request.is('multipart/form-data')) {
      next(notMultipart(form));
      return;
    }
    if (!isPlain(request.headers['content-encoding'])) {
      next(compressed());
      return;
    }
    if (length > bytesMax) {
      // None of the body is read.
      next(fileTooLarge(options.fileBytesMax, length, file));
      return;
    }
    // This route sends `100 Continue` itself, so that everything above is rejected before the body is sent.
    if (request.headers.expect !== undefined) {
      response.writeContinue();
      notes(response).continued = true;
    }
    const tooLarge = (bytes: number) => fileTooLarge(options.fileBytesMax, bytes, file);
    const rewriter = rewriterOf(request, options.fieldValueBytesMax, form);
    const body = new UploadBody(request, { ...options, bytesMax, tooLarge }, rewriter) as UploadBody &
      Request;
    parse(body, response, (cause: unknown) => {
      places.free(body);
      request.body = body.body;
      if (body.files !== undefined) request.files = body.files;
      if (cause) return next(explainFormError(cause, options, form));
      const refusal = unreadableForm(request.body);
      if (refusal === undefined) return next();
      // Multer is done, and does not remove the file any more.
      removeUploads(filesOf(request)).then(() => next(refusal), next);
    });
  };
}

/** Undefined without a boundary, which multer then reports. */
function rewriterOf(request: Request, textBytesMax: number, form: FormTable): FormRewriter | undefined {
  const boundary = boundaryOf(request.headers['content-type'] ?? '');
  const fields = { files: new Set(form.files), texts: new Set(form.names), textBytesMax };
  return boundary === undefined ? undefined : new FormRewriter(boundary, fields);
}

function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.trim().toLowerCase() === 'identity';
}

function multerOf(
  options: UploadOptions,
  { files }: FormTable,
  open: (request: Request) => Intake,
): RequestHandler {
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
      const refusal = refuseName(file.originalname, file.fieldname);
      if (refusal === undefined) done(null, true);
      else done(refusal);
    },
    limits: {
      files: files.length,
      fields: options.fieldsMax,
      parts: options.partsMax,
      fieldNameSize: options.fieldNameCharsMax,
      fieldSize: options.fieldValueBytesMax,
      fileSize: options.fileBytesMax,
      // Multer would build objects from names like a[b][c] or a[999999999]. A name of 200 bytes can hang the process.
      fieldNestingDepth: 0,
      fieldArrayIndexLimit: 0,
    },
  }).fields(files.map((name) => ({ name, maxCount: 1 })));
}

/** The files of a form, some of which may be missing or empty. */
export interface FormFiles {
  readonly train?: Express.Multer.File | undefined;
  readonly test?: Express.Multer.File | undefined;
}

export function filesOf({ files }: Request): FormFiles {
  const byField = (files ?? {}) as Readonly<Record<string, readonly Express.Multer.File[]>>;
  return { train: byField[FILE_FIELD]?.[0], test: byField[TEST_FILE_FIELD]?.[0] };
}

/** The form's files. @throws FieldError `missing_file` or `empty_file` */
export function requireFiles({ train, test }: FormFiles): {
  readonly train: UploadedFile;
  readonly test?: UploadedFile;
} {
  if (train === undefined) {
    const has = test === undefined ? 'no file' : `${TEST_FILE_FIELD}, and no file to train on`;
    throw new FieldError(
      'missing_file',
      `The form has ${has}: send the CSV in ${FILE_FIELD} (curl -F ${FILE_FIELD}=@data.csv).`,
      { field: FILE_FIELD },
    );
  }
  return { train: notEmpty(train), ...(test && { test: notEmpty(test) }) };
}

/** The file of a form with a test file alone. @throws FieldError `missing_file` or `empty_file` */
export function requireTestFile({ test }: FormFiles): UploadedFile {
  if (test !== undefined) return notEmpty(test);
  throw new FieldError(
    'missing_file',
    `The form has no file: send the CSV in ${TEST_FILE_FIELD} (curl -F ${TEST_FILE_FIELD}=@data.csv).`,
    { field: TEST_FILE_FIELD },
  );
}

function notEmpty(file: Express.Multer.File): UploadedFile {
  if (file.size > 0) return file as UploadedFile;
  const { fieldname: field, originalname } = file;
  const which = field === FILE_FIELD ? 'The file' : field;
  throw new FieldError('empty_file', `${which} is empty: send a header line and rows.`, {
    field,
    value: shownName(originalname),
  });
}

export async function removeUploads({ train, test }: FormFiles): Promise<void> {
  await Promise.all([removeUpload(train), removeUpload(test)]);
}

async function removeUpload(file: Express.Multer.File | undefined): Promise<void> {
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
