import { z } from 'zod';
import { wholeNumber } from './kinds.ts';

export interface UploadConfig {
  /** Where an upload lies until it is answered; one folder a process. */
  readonly dir: string;
  readonly fileBytesMax: number;
  /** The most that a table may have. */
  readonly table: { readonly rows: number; readonly columns: number; readonly cells: number };
}

/** 200 MB: far above the CSV files that people post by hand, far below what fills a disk. */
const FILE_BYTES_MAX = 200_000_000;
/** 5 million rows of 9 columns, packed, are some 100 MB, and 400 MB at worst. */
const ROWS_MAX = 5_000_000;
const COLUMNS_MAX = 1_000;
const CELLS_MAX = 50_000_000;

export const uploadSettings = {
  TEMP_DIR: z.string().default('temp'),
  UPLOAD_BYTES_MAX: wholeNumber(1, 100_000_000_000).default(FILE_BYTES_MAX),
  ROWS_MAX: wholeNumber(1, 1_000_000_000).default(ROWS_MAX),
  COLUMNS_MAX: wholeNumber(2, 100_000).default(COLUMNS_MAX),
  CELLS_MAX: wholeNumber(2, 500_000_000).default(CELLS_MAX),
};

const settings = z.object(uploadSettings);

export function uploadConfig(vars: z.output<typeof settings>): UploadConfig {
  return {
    dir: vars.TEMP_DIR,
    fileBytesMax: vars.UPLOAD_BYTES_MAX,
    table: { rows: vars.ROWS_MAX, columns: vars.COLUMNS_MAX, cells: vars.CELLS_MAX },
  };
}
