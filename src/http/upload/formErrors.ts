import { MulterError } from 'multer';
import { FieldError, quote } from '../../errors.ts';
import { unknownField } from '../../training/fields/parse.ts';
import { FILE_FIELDS, type FormTable } from '../../training/fields/table.ts';
import { HttpError } from '../problem.ts';

/** Limits of a form. */
export interface FormLimits {
  readonly fileBytesMax: number;
  readonly fieldsMax: number;
  /** Fields and files together. */
  readonly partsMax: number;
  readonly fieldNameCharsMax: number;
  readonly fieldValueBytesMax: number;
}

/** How to send fewer fields. */
const FEWER =
  'name all columns to ignore in one field, separated by commas, and send all tags as one JSON object.';
/** How to send the first field of a form. */
const EXAMPLES: Readonly<Record<string, string>> = { tol: 'tol=1.0', model: 'model=models:/NAME@ALIAS' };
const DISK_FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * Messages of multer's parser for malformed forms, with our advice. Nobody usually sees the last advice, because the client
 * has disconnected.
 */
const SAID_OF_FORMS: readonly (readonly [said: RegExp, says: string])[] = [
  [
    /^Unexpected end of (form|multipart data|file)/,
    'The form has no closing boundary, because the upload was cut off or Content-Type has another boundary: send it again.',
  ],
  [
    /^(Multipart: Boundary not found|Malformed content type)/,
    'The Content-Type has no boundary: let the HTTP client write this header, as curl -F does.',
  ],
  [
    /^Malformed part header/,
    'A part of the form has a malformed header: let the HTTP client write the form, as curl -F does.',
  ],
  [/^Request (aborted|closed)/, 'The upload was aborted: send the form again.'],
];

/** Translates errors of multer and its parser. Any other error is a fault of ours, and stays as it is. */
export function explainFormError(cause: unknown, limits: FormLimits, form: FormTable): unknown {
  if (cause instanceof MulterError) return explainRefusal(cause, limits, form);
  if (!(cause instanceof Error)) return cause;
  if (DISK_FULL.includes((cause as NodeJS.ErrnoException).code)) {
    return new HttpError(507, 'disk_full', 'The disk for uploads is full: retry when there is free space.');
  }
  const says = SAID_OF_FORMS.find(([said]) => said.test(cause.message))?.[1];
  return says === undefined ? cause : malformedForm(says);
}

/** Finds what multer silently accepts: a form with a malformed type, and texts in a charset that multer does not know. */
export function unreadableForm(body: Readonly<Record<string, unknown>> | undefined): HttpError | undefined {
  if (body === undefined) {
    return new HttpError(
      400,
      'malformed_multipart',
      'The Content-Type of the form is malformed: let the HTTP client write this header, as curl -F does.',
    );
  }
  const field = Object.keys(body).find((name) => [body[name]].flat().includes(undefined));
  if (field === undefined) return undefined;
  return new HttpError(
    400,
    'unknown_charset',
    `The field ${quote(field)} has an unknown charset: send it in UTF-8.`,
    { field },
  );
}

export function notMultipart({ files: [file], names: [example] }: FormTable): HttpError {
  return new HttpError(
    415,
    'not_multipart',
    `The body must be a multipart form: use curl -F ${file}=@data.csv -F ${EXAMPLES[example ?? '']}, files={"${file}": ...} of Python's requests, or FormData of JavaScript.`,
  );
}

/** The error for a compressed body, which multer would read as if it were not compressed. */
export function compressed(): HttpError {
  return new HttpError(
    415,
    'content_encoding',
    'The whole form is compressed (Content-Encoding): compress the file instead (.csv.gz).',
  );
}

/** @param actual bytes of the whole form, as its header says or as counted so far */
export function fileTooLarge(limit: number, actual: number, field: string): HttpError {
  const message = `The file is larger than ${limit} bytes: send a smaller file, or compress the file with gzip.`;
  return new HttpError(413, 'file_too_large', message, { field, limit, actual });
}

/** The error for a form whose lines end in LF, so that no parser finds its parts. */
export function linesEndInLf(): HttpError {
  return malformedForm(
    'The lines of the form end in LF alone, but each boundary and header must end in CR and LF ("\\r\\n"): let the HTTP client write the form, as curl -F does.',
  );
}

export function brokenBoundary(): HttpError {
  return malformedForm(
    'A boundary of the form is followed by other characters on its line: let the HTTP client write the form, as curl -F does.',
  );
}

/** The error for a part that is a form itself. */
export function nestedForm(field: string): FieldError {
  const says = FILE_FIELDS.includes(field)
    ? `${field} has several files in one part, as curl -F makes of ${field}=@a.csv,b.csv: send one file.`
    : `The field ${quote(field)} has a form of its own, as curl -F makes of a value that begins with "(": use curl --form-string for this field.`;
  return new FieldError('nested_form', says, { field });
}

/** The error for a part in base64, for example, which RFC 7578 (4.7) forbids. */
export function encodedPart(field: string): FieldError {
  const says = `The content of ${quote(field)} is encoded (Content-Transfer-Encoding): send the bytes as they are.`;
  return new FieldError('encoded_part', says, { field });
}

/** The error for a table in a field that holds text. */
export function tableInField(field: string, file: string): FieldError {
  const says = `The field ${quote(field)} has a file that is no single line of text: write the value itself (curl -F ${field}=...), and send the table in ${file}.`;
  return new FieldError('unexpected_file', says, { field });
}

/** The error for a file in a field that holds none. */
export function fileInField(field: string, file: string): FieldError {
  const says = `The field ${quote(field)} has a file, but the file belongs in ${file}: send it there (curl -F ${file}=@data.csv).`;
  return new FieldError('unexpected_file', says, { field });
}

function explainRefusal(
  { code, message, field }: MulterError,
  limits: FormLimits,
  form: FormTable,
): HttpError | FieldError {
  const { fileBytesMax, fieldsMax, partsMax, fieldNameCharsMax, fieldValueBytesMax } = limits;
  const named = field === undefined ? {} : { field };
  const name = quote(field ?? '');
  switch (code as string) {
    case 'LIMIT_FILE_SIZE':
      return fileTooLarge(fileBytesMax, fileBytesMax + 1, field ?? form.files[0]);
    case 'LIMIT_UNEXPECTED_FILE':
    case 'LIMIT_FILE_COUNT':
      return unexpectedFile(field, form);
    case 'LIMIT_FIELD_VALUE': {
      if (field !== undefined && !form.names.includes(field)) return unknownField(field, form);
      const says = `The value of the field ${name} is longer than ${fieldValueBytesMax} bytes: shorten it, or repeat the field if it takes several values.`;
      return beyond('field_value_too_long', says, fieldValueBytesMax, named);
    }
    case 'LIMIT_FIELD_KEY': {
      const says = `A field has a name of more than ${fieldNameCharsMax} characters, longer than any valid name: write name=value (curl -F tol=1.0).`;
      return beyond('field_name_too_long', says, fieldNameCharsMax);
    }
    case 'LIMIT_FIELD_COUNT':
      return beyond('too_many_fields', `The form has more than ${fieldsMax} fields: ${FEWER}`, fieldsMax);
    case 'LIMIT_PART_COUNT':
      return beyond('too_many_parts', `The form has more than ${partsMax} parts: ${FEWER}`, partsMax);
    case 'LIMIT_FIELD_NESTING':
    case 'LIMIT_FIELD_ARRAY_INDEX':
      return malformedForm(
        `The field name ${name} has brackets, which are not supported: use the plain name, and repeat a field that takes several values (tags=a=1, tags=b=2).`,
        named,
      );
    case 'MISSING_FIELD_NAME':
      return malformedForm('A part of the form has no name: name each field (curl -F name=value).');
    default:
      return malformedForm(`The form could not be read: ${message}.`, named);
  }
}

/** @param field the file's field, if multer reports it; for a second file, multer does not always */
function unexpectedFile(field: string | undefined, { files }: FormTable): FieldError {
  const [file, second] = files;
  if (field !== undefined && !files.includes(field)) return fileInField(field, file);
  const says =
    field === undefined && second !== undefined
      ? `The form has more than two files: send one file in ${file}, and one in ${second} if the test rows have a file of their own.`
      : `The form has more than one file in ${field ?? file}: send one file there.`;
  const limit = field === undefined ? files.length : 1;
  return new FieldError('unexpected_file', says, { field: field ?? file, limit, actual: limit + 1 });
}

/** The error for more than `limit`. Nothing is counted further than one above the limit. */
function beyond(code: string, says: string, limit: number, details: HttpError['details'] = {}): HttpError {
  return new HttpError(400, code, says, { ...details, limit, actual: limit + 1 });
}

export function malformedForm(says: string, details: HttpError['details'] = {}): HttpError {
  return new HttpError(400, 'malformed_multipart', says, details);
}
