import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface UploadConfig {
  /** Where an upload lies until it is answered; one folder a process. */
  readonly dir: string;
  readonly fileBytesMax: number;
  readonly fieldsMax: number;
  /** Fields and the file. */
  readonly partsMax: number;
  readonly fieldNameCharsMax: number;
  readonly fieldValueBytesMax: number;
  /** Uploads whose file comes at the same time. */
  readonly atOnceMax: number;
  /** Where all places are taken, an upload that comes at fewer bytes a second gives way. */
  readonly bytesPerSMin: number;
  /** How long no byte may come. */
  readonly stallMs: number;
  /** How long the whole form may take to come. */
  readonly timeoutMs: number;
  /** The most that a table may have. */
  readonly table: {
    readonly rows: number;
    readonly columns: number;
    readonly cells: number;
    readonly cellChars: number;
    readonly lineChars: number;
  };
  /** How long a thread may work on reading one file. */
  readonly parseTimeoutMs: number;
}

/** 200 MB: far above the CSV files that people post by hand, far below what fills a disk. */
const FILE_BYTES_MAX = 200_000_000;
/** Four times as many as there are, each of which may be repeated. */
const FIELDS_MAX = 100;
const PARTS_MAX = FIELDS_MAX + 1;
/** The longest field has 16 characters. */
const FIELD_NAME_CHARS_MAX = 64;
/** MLflow takes tags of 4,000 characters. */
const FIELD_VALUE_BYTES_MAX = 4_096;
/** Each has a file on disk and a table in memory; on a fast line one is over in milliseconds. */
const AT_ONCE_MAX = 8;
/** A modem's 80 kbit/s; whoever is slower holds a place for as long as others are refused. */
const BYTES_PER_S_MIN = 10_000;
/** A line that is still there sends something in half a minute. */
const STALL_MS = 30_000;
/** 200 MB at 2 Mbit/s. */
const TIMEOUT_MS = 900_000;
/** 5 million rows of 9 columns, packed, are some 100 MB, and 400 MB at worst. */
const ROWS_MAX = 5_000_000;
const COLUMNS_MAX = 1_000;
const CELLS_MAX = 50_000_000;
/** 64 kB: no category is longer, and what is has lost its closing quote. */
const CELL_CHARS_MAX = 1 << 16;
/** 1 MB: a thousand columns of a thousand characters. */
const LINE_CHARS_MAX = 1 << 20;
/** 200 MB are read in a second, and in ten where every row has quotes. */
const PARSE_TIMEOUT_MS = 60_000;

export const uploadSettings = {
  TEMP_DIR: z.string().default('temp'),
  UPLOAD_BYTES_MAX: wholeNumber(1, 100_000_000_000).default(FILE_BYTES_MAX),
  UPLOAD_FIELDS_MAX: wholeNumber(1, 10_000).default(FIELDS_MAX),
  UPLOAD_PARTS_MAX: wholeNumber(2, 10_001).default(PARTS_MAX),
  UPLOAD_FIELD_NAME_CHARS_MAX: wholeNumber(16, 1_000).default(FIELD_NAME_CHARS_MAX),
  UPLOAD_FIELD_VALUE_BYTES_MAX: wholeNumber(1, 10_000_000).default(FIELD_VALUE_BYTES_MAX),
  UPLOADS_MAX: wholeNumber(1, 1_000).default(AT_ONCE_MAX),
  UPLOAD_BYTES_PER_S_MIN: wholeNumber(0, 1_000_000_000).default(BYTES_PER_S_MIN),
  UPLOAD_STALL_MS: wholeNumber(100, 3_600_000).default(STALL_MS),
  UPLOAD_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(TIMEOUT_MS),
  ROWS_MAX: wholeNumber(1, 1_000_000_000).default(ROWS_MAX),
  COLUMNS_MAX: wholeNumber(2, 100_000).default(COLUMNS_MAX),
  CELLS_MAX: wholeNumber(2, 500_000_000).default(CELLS_MAX),
  CELL_CHARS_MAX: wholeNumber(1, 1 << 24).default(CELL_CHARS_MAX),
  LINE_CHARS_MAX: wholeNumber(1, 1 << 24).default(LINE_CHARS_MAX),
  PARSE_TIMEOUT_MS: wholeNumber(100, 86_400_000).default(PARSE_TIMEOUT_MS),
};

const settings = z.object(uploadSettings);

export function uploadConfig(vars: z.output<typeof settings>): UploadConfig {
  return {
    dir: vars.TEMP_DIR,
    fileBytesMax: vars.UPLOAD_BYTES_MAX,
    fieldsMax: vars.UPLOAD_FIELDS_MAX,
    partsMax: vars.UPLOAD_PARTS_MAX,
    fieldNameCharsMax: vars.UPLOAD_FIELD_NAME_CHARS_MAX,
    fieldValueBytesMax: vars.UPLOAD_FIELD_VALUE_BYTES_MAX,
    atOnceMax: vars.UPLOADS_MAX,
    bytesPerSMin: vars.UPLOAD_BYTES_PER_S_MIN,
    stallMs: vars.UPLOAD_STALL_MS,
    timeoutMs: vars.UPLOAD_TIMEOUT_MS,
    table: {
      rows: vars.ROWS_MAX,
      columns: vars.COLUMNS_MAX,
      cells: vars.CELLS_MAX,
      cellChars: vars.CELL_CHARS_MAX,
      lineChars: vars.LINE_CHARS_MAX,
    },
    parseTimeoutMs: vars.PARSE_TIMEOUT_MS,
  };
}
