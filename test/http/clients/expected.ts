import { createHash } from 'node:crypto';
import { CLIENT_TABLE } from '../../support/clientTable.ts';

/** Cases whose file has a name for MLflow. Every other file is called `data`. */
export const NAMES: Readonly<Record<string, string>> = {
  'curl: a path': 'data.csv',
  'curl: a path without an extension': 'table',
  'curl: a name of its own': 'x.data',
  'curl: a field with a type': 'data.csv',
  'curl: a field from a file': 'data.csv',
  'curl: a field with the content of a file': 'data.csv',
  'curl: a name with the content of a file': 'data.csv',
  'curl: tags from a file': 'data.csv',
  'fetch: a File': 'data.csv',
  'fetch: a field as a Blob': 'data.csv',
  'supertest: a stream': 'table',
  'supertest: a field as a Buffer': 'data.csv',
  'requests: a name of another kind': 'adult.data',
  'aiohttp: a name beyond ASCII': 'Gr%C3%B6%C3%9Fe%201.csv',
  'aiohttp: a field with a type': 'data.csv',
  'by hand, with CRLF': 'data.csv',
  'Java: a path': 'data.csv',
};

/** Cases that are rejected: with which status and code, for which field, and what the sentence has to say. */
export const REFUSALS: Readonly<
  Record<string, [status: number, code: string, field: string | undefined, says: RegExp]>
> = {
  'curl: an empty standard input': [422, 'empty_file', 'train_file', /The file is empty/],
  'curl: the @ forgotten': [422, 'missing_file', 'train_file', /the text "data\.csv".*put an @/],
  'curl: two files in one part': [422, 'nested_form', 'train_file', /several files.*send one file/],
  'curl: the file in base64': [422, 'encoded_part', 'train_file', /Content-Transfer-Encoding/],
  'curl: the name of a workbook': [
    415,
    'not_a_csv_name',
    'train_file',
    /"data\.xlsx".*save the table as CSV/,
  ],
  'curl: a table in a field of another name': [
    422,
    'unexpected_file',
    'exp_name',
    /belongs in|in train_file/,
  ],
  'curl: the content of a table in a field of another name': [422, 'unexpected_file', 'target', /train_file/],
  'curl: a table in an unknown field': [422, 'unexpected_file', 'file', /belongs in train_file/],
  'curl: the content of a table in an unknown field': [
    422,
    'unexpected_file',
    'file',
    /belongs in train_file/,
  ],
  'curl: a value that begins with a bracket': [422, 'nested_form', 'positive', /--form-string/],
  'curl: a value as it is': [422, 'unknown_positive', 'positive', /"<=50K"/],
  'fetch: an object instead of a file': [422, 'missing_file', 'train_file', /"\[object Object\]"/],
  'supertest: a table in an unknown field, without a name': [422, 'unexpected_file', 'file', /train_file/],
  'requests: a table in another field': [422, 'unexpected_file', 'exp_name', /train_file/],
  'aiohttp: a text': [415, 'not_multipart', undefined, /multipart form/],
  'by hand, with LF': [400, 'malformed_multipart', undefined, /end in LF alone/],
  'wget: a file': [415, 'not_multipart', undefined, /multipart form/],
};

/** The digest of the file that the service gets; undefined if its bytes differ from machine to machine. */
export function digestOf(name: string): string | undefined {
  if (name.includes('gzip')) return undefined;
  // The Fetch standard makes each line end of a text CRLF.
  const sent = name === 'fetch: a text' ? CLIENT_TABLE.replaceAll('\n', '\r\n') : CLIENT_TABLE;
  return createHash('sha256').update(sent).digest('hex').slice(0, 32);
}
