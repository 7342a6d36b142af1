import { MulterError } from 'multer';
import type { ErrorDetails } from '../errors.ts';
import { quote } from '../errors.ts';
import { FILE_FIELD } from './form.ts';
import { HttpError } from './problem.ts';
import type { UploadOptions } from './upload.ts';

/** Multer passes on what its parser says of a broken form as plain errors. */
const FORM_ERRORS =
  /^(Unexpected end of (form|multipart data)|Malformed |Multipart: |Request (aborted|closed))/;
const DISK_FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

export function notMultipart(): HttpError {
  return new HttpError(
    415,
    'not_multipart',
    `The body must be a multipart form: curl -F ${FILE_FIELD}=@data.csv -F tol=1.0 -F iterations=100 -F exp_name=Demo .../train`,
  );
}

/** @param actual bytes of the whole form, as it says or as far as they were counted */
export function fileTooLarge(limit: number, actual: number): HttpError {
  return new HttpError(
    413,
    'file_too_large',
    `The file is larger than the ${limit} bytes that this service takes.`,
    { field: FILE_FIELD, limit, actual },
  );
}

/** What multer and its parser throw, in terms of the form; anything else is a fault of ours and stays as it is. */
export function explain(cause: unknown, options: UploadOptions): unknown {
  if (cause instanceof MulterError) return explainLimit(cause, options);
  if (!(cause instanceof Error)) return cause;
  if (FORM_ERRORS.test(cause.message)) {
    return new HttpError(400, 'malformed_multipart', `The form could not be read: ${cause.message}.`);
  }
  if (DISK_FULL.includes((cause as NodeJS.ErrnoException).code)) {
    return new HttpError(507, 'disk_full', 'The disk for uploads is full: try again when there is room.');
  }
  return cause;
}

function explainLimit({ code, message, field }: MulterError, options: UploadOptions): HttpError {
  const { fieldsMax, partsMax, fieldNameCharsMax, fieldValueBytesMax, fileBytesMax } = options;
  switch (code) {
    case 'LIMIT_FILE_SIZE':
      return fileTooLarge(fileBytesMax, fileBytesMax + 1);
    case 'LIMIT_UNEXPECTED_FILE':
    case 'LIMIT_FILE_COUNT':
      return unexpectedFile(field ?? FILE_FIELD);
    case 'LIMIT_FIELD_COUNT':
      return beyond('too_many_fields', `The form has more than ${fieldsMax} fields`, fieldsMax);
    case 'LIMIT_PART_COUNT':
      return beyond('too_many_parts', `The form has more than ${partsMax} parts`, partsMax);
    case 'LIMIT_FIELD_KEY':
      return beyond(
        'field_name_too_long',
        `A field's name has more than ${fieldNameCharsMax} characters`,
        fieldNameCharsMax,
      );
    case 'LIMIT_FIELD_VALUE': {
      const name = field ?? '';
      const says = `The field ${quote(name)} has more than ${fieldValueBytesMax} bytes`;
      return beyond('field_value_too_long', says, fieldValueBytesMax, { field: name });
    }
    default:
      return new HttpError(
        400,
        'malformed_multipart',
        `The form breaks a limit: ${message}.`,
        field ? { field } : {},
      );
  }
}

function unexpectedFile(field: string): HttpError {
  const message = `There is a file too many, in ${quote(field)}: send one, in ${FILE_FIELD}.`;
  return new HttpError(422, 'unexpected_file', message, { field, limit: 1, actual: 2 });
}

/** It is counted no further than one beyond the limit. */
function beyond(code: string, says: string, limit: number, details: ErrorDetails = {}): HttpError {
  return new HttpError(400, code, `${says}: send less.`, { ...details, limit, actual: limit + 1 });
}
