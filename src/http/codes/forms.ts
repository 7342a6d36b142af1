import type { CodeRow } from './row.ts';

export const formsAndUploads: readonly CodeRow[] = [
  ['not_multipart', 415, 'The body is not a multipart form.', 'Use `curl -F`.'],
  ['content_encoding', 415, 'The form is compressed as a whole.', 'Compress the file instead (`.csv.gz`).'],
  [
    'malformed_multipart',
    400,
    'The form cannot be read, or was cut off. Its lines end in LF alone, or a part has a malformed header.',
    'Leave the form and its `Content-Type` to the client.',
  ],
  [
    'nested_form',
    422,
    'A part has parts of its own: several files, or a value that begins with `(` in curl.',
    "Send one file. Use curl's `--form-string` for the value.",
  ],
  [
    'encoded_part',
    422,
    'A part is in base64 or the like (`Content-Transfer-Encoding`).',
    'Send the bytes as they are.',
  ],
  ['unknown_charset', 400, 'A field is in an unknown charset.', 'Send UTF-8.'],
  [
    'missing_file',
    422,
    'The form has no `train_file` (for `POST /evaluate`: no `test_file`), or `train_file` or `test_file` is one line of text.',
    'Put an `@` before the name: `-F train_file=@data.csv`.',
  ],
  ['empty_file', 422, 'The file has no bytes, or no header line.', 'Send a header line and rows.'],
  [
    'unexpected_file',
    422,
    'There is a second file in one field, or a file or a table in another field.',
    'Send one file in `train_file`, and perhaps one in `test_file`.',
  ],
  [
    'not_a_csv_name',
    415,
    'The file name is that of another kind of file, such as `.xlsx`, `.png` or `.pdf`.',
    'Save the table as CSV.',
  ],
  [
    'file_too_large',
    413,
    'The file is larger than `UPLOAD_BYTES_MAX`.',
    'Send a smaller or compressed file.',
  ],
  [
    'too_many_fields',
    400,
    'The form has more than `UPLOAD_FIELDS_MAX` fields.',
    'Name several columns in one `ignore`, and send tags as one JSON object.',
  ],
  ['too_many_parts', 400, 'The form has more than `UPLOAD_PARTS_MAX` parts.', 'As above.'],
  [
    'field_name_too_long',
    400,
    'A field name is longer than `UPLOAD_FIELD_NAME_CHARS_MAX` characters.',
    'Write `name=value`.',
  ],
  [
    'field_value_too_long',
    400,
    'A value is longer than `UPLOAD_FIELD_VALUE_BYTES_MAX` bytes.',
    'Shorten it, or repeat a field that takes several values.',
  ],
  ['uploads_full', 429, '`UPLOADS_MAX` uploads are under way.', 'Retry after `Retry-After`.'],
  [
    'upload_stalled',
    408,
    'No byte arrived for `UPLOAD_STALL_MS`.',
    'Check the connection, and send it again.',
  ],
  [
    'upload_timeout',
    408,
    'The upload took longer than `UPLOAD_TIMEOUT_MS`.',
    'Send a smaller file, or compress it with gzip.',
  ],
  [
    'upload_too_slow',
    408,
    'The upload came at fewer than `UPLOAD_BYTES_PER_S_MIN` bytes a second while another upload waited.',
    'Send it again, over a faster line.',
  ],
];
