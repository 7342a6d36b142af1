import { type Config, readConfig } from './index.ts';

/** A bound of the service, as `GET /limits` and README.md tell it. */
export interface Limit {
  /** The variable of the environment that sets it; one without is always the same. */
  readonly setting?: string;
  /** What it bounds. */
  readonly bounds: string;
  readonly limit: number;
  readonly default: number;
  readonly unit: 'bytes' | 'characters' | 'ms' | 'count' | 'percent';
  /** What whoever goes beyond it is answered with: a status, and the codes of the problem. */
  readonly status: number;
  readonly codes: readonly string[];
}

interface Row extends Omit<Limit, 'limit' | 'default'> {
  readonly of: (config: Config) => number;
}

const PERCENT = 100;

/** Every bound that a caller can meet. A group of settings that is added adds its rows. */
const ROWS: readonly Row[] = [
  {
    setting: 'UPLOAD_BYTES_MAX',
    bounds: 'the file of an upload, and what a gzip file unfolds to',
    unit: 'bytes',
    status: 413,
    codes: ['file_too_large', 'unfolded_too_large'],
    of: ({ upload }) => upload.fileBytesMax,
  },
  {
    bounds: 'files of an upload',
    unit: 'count',
    status: 422,
    codes: ['unexpected_file'],
    of: () => 1,
  },
  {
    setting: 'UPLOAD_FIELDS_MAX',
    bounds: 'fields of an upload',
    unit: 'count',
    status: 400,
    codes: ['too_many_fields'],
    of: ({ upload }) => upload.fieldsMax,
  },
  {
    setting: 'UPLOAD_PARTS_MAX',
    bounds: 'parts of an upload: its fields and its file',
    unit: 'count',
    status: 400,
    codes: ['too_many_parts'],
    of: ({ upload }) => upload.partsMax,
  },
  {
    setting: 'UPLOAD_FIELD_NAME_CHARS_MAX',
    bounds: "a field's name",
    unit: 'characters',
    status: 400,
    codes: ['field_name_too_long'],
    of: ({ upload }) => upload.fieldNameCharsMax,
  },
  {
    setting: 'UPLOAD_FIELD_VALUE_BYTES_MAX',
    bounds: "a field's value",
    unit: 'bytes',
    status: 400,
    codes: ['field_value_too_long'],
    of: ({ upload }) => upload.fieldValueBytesMax,
  },
  {
    setting: 'UPLOADS_MAX',
    bounds: 'uploads at once, counted from the first bytes of the file to the end of the form',
    unit: 'count',
    status: 429,
    codes: ['uploads_full'],
    of: ({ upload }) => upload.atOnceMax,
  },
  {
    setting: 'UPLOAD_BYTES_PER_S_MIN',
    bounds: 'bytes a second, below which an upload gives way where all UPLOADS_MAX are under way',
    unit: 'bytes',
    status: 408,
    codes: ['upload_too_slow'],
    of: ({ upload }) => upload.bytesPerSMin,
  },
  {
    setting: 'UPLOAD_STALL_MS',
    bounds: 'how long no byte of an upload comes',
    unit: 'ms',
    status: 408,
    codes: ['upload_stalled'],
    of: ({ upload }) => upload.stallMs,
  },
  {
    setting: 'UPLOAD_TIMEOUT_MS',
    bounds: 'how long an upload takes to come',
    unit: 'ms',
    status: 408,
    codes: ['upload_timeout'],
    of: ({ upload }) => upload.timeoutMs,
  },
  {
    setting: 'ROWS_MAX',
    bounds: 'rows of a table',
    unit: 'count',
    status: 422,
    codes: ['too_many_rows'],
    of: ({ upload }) => upload.table.rows,
  },
  {
    setting: 'COLUMNS_MAX',
    bounds: 'columns of a table',
    unit: 'count',
    status: 422,
    codes: ['too_many_columns'],
    of: ({ upload }) => upload.table.columns,
  },
  {
    setting: 'CELLS_MAX',
    bounds: 'rows times columns of a table',
    unit: 'count',
    status: 422,
    codes: ['too_many_cells'],
    of: ({ upload }) => upload.table.cells,
  },
  {
    setting: 'CELL_CHARS_MAX',
    bounds: 'a cell',
    unit: 'characters',
    status: 422,
    codes: ['cell_too_long'],
    of: ({ upload }) => upload.table.cellChars,
  },
  {
    setting: 'LINE_CHARS_MAX',
    bounds: 'a row as it is written',
    unit: 'characters',
    status: 422,
    codes: ['line_too_long'],
    of: ({ upload }) => upload.table.lineChars,
  },
  {
    setting: 'PARSE_TIMEOUT_MS',
    bounds: 'how long a thread works on reading a file',
    unit: 'ms',
    status: 422,
    codes: ['parse_timeout'],
    of: ({ upload }) => upload.parseTimeoutMs,
  },
  {
    setting: 'TRAINING_THREADS',
    bounds: 'trainings that compute at once',
    unit: 'count',
    status: 429,
    codes: ['queue_full'],
    of: ({ training }) => training.threads,
  },
  {
    setting: 'TRAININGS_WAITING_MAX',
    bounds: 'trainings that wait for a thread',
    unit: 'count',
    status: 429,
    codes: ['queue_full'],
    of: ({ training }) => training.waitingMax,
  },
  {
    setting: 'TRAINING_TIMEOUT_MS',
    bounds: 'how long a training waits and computes',
    unit: 'ms',
    status: 422,
    codes: ['training_timeout'],
    of: ({ training }) => training.timeoutMs,
  },
  {
    setting: 'MEMORY_BYTES_MAX',
    bounds: 'memory of all trainings under way, while others hold the rest',
    unit: 'bytes',
    status: 429,
    codes: ['memory_promised'],
    of: ({ memory }) => memory.bytesMax,
  },
  {
    setting: 'MEMORY_BYTES_MAX',
    bounds: 'memory of one training',
    unit: 'bytes',
    status: 422,
    codes: ['too_large_for_memory'],
    of: ({ memory }) => memory.bytesMax,
  },
  {
    setting: 'THREAD_HEAP_BYTES_MAX',
    bounds: "a thread's own heap",
    unit: 'bytes',
    status: 422,
    codes: ['too_large_for_memory'],
    of: ({ memory }) => memory.heapBytesMax,
  },
  {
    setting: 'SPOOL_RECORDS_MAX',
    bounds: 'trainings that MLflow has not taken, dead letters included',
    unit: 'count',
    status: 503,
    codes: ['spool_full'],
    of: ({ spool }) => spool.recordsMax,
  },
  {
    setting: 'SPOOL_BYTES_MAX',
    bounds: 'bytes of these trainings',
    unit: 'bytes',
    status: 503,
    codes: ['spool_full', 'record_too_large'],
    of: ({ spool }) => spool.bytesMax,
  },
  {
    setting: 'SPOOL_DISK_FREE_PERCENT_MIN',
    bounds: "what stays free of the spool's disk",
    unit: 'percent',
    status: 503,
    codes: ['spool_disk_low'],
    of: ({ spool }) => spool.diskFreeMin * PERCENT,
  },
  {
    setting: 'MLFLOW_WAIT_MS',
    bounds: 'how long an answer waits for MLflow; the training is accepted, and pending',
    unit: 'ms',
    status: 202,
    codes: [],
    of: ({ answers }) => answers.waitMs,
  },
  {
    setting: 'MLFLOW_CALL_TIMEOUT_MS',
    bounds: 'how long one call to MLflow takes; the training is accepted, and pending',
    unit: 'ms',
    status: 202,
    codes: ['mlflow_timeout'],
    of: ({ mlflow }) => mlflow.callTimeoutMs,
  },
  {
    setting: 'CONNECTIONS_MAX',
    bounds: 'connections',
    unit: 'count',
    status: 503,
    codes: ['connections_full'],
    of: ({ connections }) => connections.max,
  },
  {
    setting: 'HEADERS_TIMEOUT_MS',
    bounds: 'how long the head of a request takes to come',
    unit: 'ms',
    status: 408,
    codes: [],
    of: ({ connections }) => connections.headersTimeoutMs,
  },
];

/** The bounds as they are set, and as they are where nothing is. */
export function limitsOf(config: Config): readonly Limit[] {
  const defaults = readConfig({});
  return ROWS.map(({ of, ...row }) => ({ ...row, limit: of(config), default: of(defaults) }));
}
