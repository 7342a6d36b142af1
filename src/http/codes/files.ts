import type { CodeRow } from './row.ts';

export const files: readonly CodeRow[] = [
  [
    'not_a_table',
    415,
    'The content is a picture, an archive, a workbook, HTML, JSON or the like.',
    'Save the table as CSV.',
  ],
  [
    'unfolded_too_large',
    413,
    'The gzip file unpacks to more than `UPLOAD_BYTES_MAX` bytes.',
    'Send fewer rows or columns.',
  ],
  ['corrupt_gzip', 422, 'The gzip file is damaged or breaks off.', 'Compress it again.'],
  [
    'bad_encoding',
    422,
    "Bytes are not characters of the file's encoding.",
    'Name the encoding in `encoding`, or save the file as "CSV UTF-8".',
  ],
  ['nul_character', 422, 'A cell has a NUL character.', 'Remove it.'],
  [
    'malformed_quote',
    422,
    'A quote is never closed, or stands in the middle of a cell.',
    'Write it twice, inside quotes.',
  ],
  [
    'missing_column',
    422,
    'The test file does not have the target, or a feature of the training file or the model.',
    'Add the column. For a training, you can also add it to `ignore`.',
  ],
  [
    'not_a_boolean',
    422,
    'A cell of the test file is no truth value, and its column has only truth values in the training file.',
    'Write `True` or `False`, or add the column to `ignore`.',
  ],
  [
    'ragged_row',
    422,
    'A row has more or fewer cells than the header. The message says what the file looks like: a title, a footer, comments or row names.',
    'Correct the row, or name the delimiter in `sep`.',
  ],
  ['no_rows', 422, 'There is a header line, and no row.', 'Add rows.'],
  [
    'cell_too_long',
    422,
    'A cell is longer than `CELL_CHARS_MAX` characters.',
    'Look for a quote that is never closed.',
  ],
  [
    'line_too_long',
    422,
    'A row is longer than `LINE_CHARS_MAX` characters.',
    'Look for a quote that is never closed.',
  ],
  ['too_many_rows', 422, 'The table has more than `ROWS_MAX` rows.', 'Send fewer rows.'],
  ['too_many_columns', 422, 'The table has more than `COLUMNS_MAX` columns.', 'Leave some out.'],
  ['too_many_cells', 422, 'The table has more than `CELLS_MAX` cells.', 'Send fewer rows or columns.'],
  [
    'parse_timeout',
    422,
    'Reading the file took longer than `PARSE_TIMEOUT_MS`.',
    'Send fewer rows, or rows without quotes.',
  ],
];

export const columnsAndCells: readonly CodeRow[] = [
  [
    'missing_value',
    422,
    'A cell of a feature is empty. In rows to predict, a value is missing, and its column had no missing values in training (400).',
    'Set `missing`, fill in the values, or add the column to `ignore`.',
  ],
  [
    'empty_column',
    422,
    'A column has no value in any row, or in any training row.',
    'Add it to `ignore`, or choose another `random_state`.',
  ],
  [
    'not_a_number',
    422,
    'A cell in a column of numbers is not a number.',
    'Correct it, name it in `na_values`, or add the column to `ignore`.',
  ],
  [
    'ambiguous_number',
    422,
    'A number such as `1,234` is either 1.234 or 1234.',
    'Name its sign in `decimal` or `thousands`.',
  ],
  ['infinite_value', 422, 'A cell is infinite.', 'Write a finite number.'],
  [
    'too_many_categories',
    422,
    'A text column has more than `CATEGORIES_MAX` different texts, or all texts together become more than `COLUMNS_MAX` columns.',
    'Add it to `ignore`.',
  ],
  ['no_features', 422, 'No column is left beside the target.', 'Check `ignore` and the delimiter.'],
  [
    'all_rows_dropped',
    422,
    '`missing=drop` leaves out every row.',
    'Choose another `missing`, or add a column to `ignore`.',
  ],
];
