import { MulterError } from 'multer';
import { quote } from '../../errors.ts';
import { FILE_FIELD } from '../../training/fields/table.ts';
import { HttpError } from '../problem.ts';

/** The most that a form may have. */
export interface FormLimits {
  readonly fileBytesMax: number;
  readonly fieldsMax: number;
  /** Fields and the file. */
  readonly partsMax: number;
  readonly fieldNameCharsMax: number;
  readonly fieldValueBytesMax: number;
}

/** How a form gets fewer fields. */
const FEWER =
  'give several columns to ignore in one field, with commas, and several tags as one JSON object.';
const DISK_FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/**
 * What multer's parser says of a form that is none, as plain errors, and what to do. Whoever is told of the last one
 * is gone as a rule.
 */
const SAID_OF_FORMS: readonly (readonly [said: RegExp, says: string])[] = [
  [
    /^Unexpected end of (form|multipart data|file)/,
    'The form ends before its closing boundary: the upload was cut off, or its parts and the boundary in Content-Type do not belong together; send it again.',
  ],
  [
    /^(Multipart: Boundary not found|Malformed content type)/,
    'The Content-Type names no boundary: leave that header to the client, as curl -F does.',
  ],
  [
    /^Malformed part header/,
    'A part of the form has a header that cannot be read: leave the form to the client, as curl -F does.',
  ],
  [/^Request (aborted|closed)/, 'The upload was broken off: send the form again.'],
];

/** What multer and its parser throw, in terms of the form; anything else is a fault of ours and stays as it is. */
export function explainFormError(cause: unknown, limits: FormLimits): unknown {
  if (cause instanceof MulterError) return explainRefusal(cause, limits);
  if (!(cause instanceof Error)) return cause;
  if (DISK_FULL.includes((cause as NodeJS.ErrnoException).code)) {
    return new HttpError(507, 'disk_full', 'The disk for uploads is full: try again when there is room.');
  }
  const says = SAID_OF_FORMS.find(([said]) => said.test(cause.message))?.[1];
  return says === undefined ? cause : malformed(says);
}

/** What multer lets through without a word: a form whose type it cannot read, and texts in a charset that it does not know. */
export function unreadableForm(body: Readonly<Record<string, unknown>> | undefined): HttpError | undefined {
  if (body === undefined) {
    return new HttpError(
      400,
      'malformed_multipart',
      'The Content-Type of the form cannot be read: leave it to curl -F.',
    );
  }
  const field = Object.keys(body).find((name) => [body[name]].flat().includes(undefined));
  if (field === undefined) return undefined;
  return new HttpError(
    400,
    'unknown_charset',
    `The field ${quote(field)} is in a charset that is not known: send it in UTF-8.`,
    { field },
  );
}

export function notMultipart(): HttpError {
  return new HttpError(
    415,
    'not_multipart',
    `The body must be a multipart form: curl -F ${FILE_FIELD}=@data.csv -F tol=1.0 -F iterations=100 -F exp_name=Demo .../train`,
  );
}

/** Multer reads a body that is compressed as if it were not. */
export function compressed(): HttpError {
  return new HttpError(
    415,
    'content_encoding',
    'The form is compressed as a whole (Content-Encoding): send it as it is, with a file that is compressed by itself (.csv.gz).',
  );
}

/** @param actual bytes of the whole form, as it says or as far as they were counted */
export function fileTooLarge(limit: number, actual: number): HttpError {
  const message = `The file is larger than the ${limit} bytes that this service takes.`;
  return new HttpError(413, 'file_too_large', message, { field: FILE_FIELD, limit, actual });
}

function explainRefusal({ code, message, field }: MulterError, limits: FormLimits): HttpError {
  const { fileBytesMax, fieldsMax, partsMax, fieldNameCharsMax, fieldValueBytesMax } = limits;
  const named = field === undefined ? {} : { field };
  const name = quote(field ?? '');
  switch (code as string) {
    case 'LIMIT_FILE_SIZE':
      return fileTooLarge(fileBytesMax, fileBytesMax + 1);
    case 'LIMIT_UNEXPECTED_FILE':
    case 'LIMIT_FILE_COUNT':
      return unexpectedFile(field);
    case 'LIMIT_FIELD_VALUE': {
      const says = `The value of the field ${name} is longer than ${fieldValueBytesMax} bytes: shorten it, or give a field that takes several values once for each.`;
      return beyond('field_value_too_long', says, fieldValueBytesMax, named);
    }
    case 'LIMIT_FIELD_KEY': {
      const says = `A field has a name of more than ${fieldNameCharsMax} characters, and there is none so long: write name=value (curl -F tol=1.0).`;
      return beyond('field_name_too_long', says, fieldNameCharsMax);
    }
    case 'LIMIT_FIELD_COUNT':
      return beyond('too_many_fields', `The form has more than ${fieldsMax} fields: ${FEWER}`, fieldsMax);
    case 'LIMIT_PART_COUNT':
      return beyond('too_many_parts', `The form has more than ${partsMax} parts: ${FEWER}`, partsMax);
    case 'LIMIT_FIELD_NESTING':
    case 'LIMIT_FIELD_ARRAY_INDEX':
      return malformed(
        `The field name ${name} has brackets, which are not read: write the bare name, and give a field that takes several values once for each (tags=a=1, tags=b=2).`,
        named,
      );
    case 'MISSING_FIELD_NAME':
      return malformed('A part of the form has no name: give each field its own (curl -F name=value).');
    default:
      return malformed(`The form could not be read: ${message}.`, named);
  }
}

/** @param field where multer says which; of the second file of a form it does not always */
function unexpectedFile(field: string | undefined): HttpError {
  if (field === undefined || field === FILE_FIELD) {
    const says = `There is a file too many: send one, in ${FILE_FIELD}.`;
    return new HttpError(422, 'unexpected_file', says, { field: FILE_FIELD, limit: 1, actual: 2 });
  }
  const says = `There is a file in the field ${quote(field)}, and a file belongs in ${FILE_FIELD}: send it there (curl -F ${FILE_FIELD}=@data.csv).`;
  return new HttpError(422, 'unexpected_file', says, { field });
}

/** It is counted no further than one beyond the limit. */
function beyond(code: string, says: string, limit: number, details: HttpError['details'] = {}): HttpError {
  return new HttpError(400, code, says, { ...details, limit, actual: limit + 1 });
}

function malformed(says: string, details: HttpError['details'] = {}): HttpError {
  return new HttpError(400, 'malformed_multipart', says, details);
}
