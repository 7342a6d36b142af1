import { TABLE_LIMITS, TEXTS_MAX } from '../data/tableLimits.ts';
import { HEAP_BYTES, MEMORY_BYTES_MIN, TABLE_BYTES, THREADS } from './machine.ts';
import { bytes, characters, count, ms, percent } from './numbers.ts';
import { group, limit, optional, setting } from './setting.ts';
import {
  boolean,
  headerToken,
  host,
  hosts,
  httpUrl,
  logLevel,
  modelName,
  path,
  publicUrl,
  serviceToken,
  signatureKind,
  text,
  workspace,
} from './texts.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;

/** Every setting of trainpost, one row each; `Setting` says how to add a row. The place of a row is its place in the config. */
export const SETTINGS = {
  listen: group('Where trainpost listens', {
    host: setting('HOST', host, '127.0.0.1', {
      reason: 'Only this machine reaches the port.',
      meaning: 'The address on which trainpost listens; `0.0.0.0` or `::` for every address of the machine.',
    }),
    port: setting('PORT', count(0, 65_535), 5005, {
      reason: 'The port of the service that trainpost replaces.',
      meaning: 'The port on which trainpost listens. With 0, the system chooses a free port.',
    }),
  }),
  access: group('Who may ask', {
    token: optional('TRAINPOST_TOKEN', serviceToken, {
      unset: 'no token; trainpost then starts only if `HOST` is this machine',
      meaning: 'The token that requests must show; the word `none` lets everyone who reaches the port train.',
    }),
    allowedHosts: setting('ALLOWED_HOSTS', hosts, [], {
      unset: 'none',
      reason: 'The names of this machine and of `HOST` are always allowed.',
      meaning: 'More names by which clients may ask for the service.',
    }),
  }),
  upload: group('Uploads', {
    dir: setting('TEMP_DIR', path, 'temp', {
      reason: 'A folder in the working directory.',
      meaning: 'The folder for uploads until they are answered. One for each process.',
    }),
    fileBytesMax: setting('UPLOAD_BYTES_MAX', bytes(1, 100_000_000_000), 200_000_000, {
      reason: 'Far above the CSV files that people post by hand, far below what fills a disk.',
      meaning: 'The largest file of a form. A gzip file may also unfold to no more bytes than this.',
      limits: [
        limit(
          'each file of an upload, and what a gzip file unfolds to',
          413,
          'file_too_large',
          'unfolded_too_large',
        ),
      ],
    }),
    fieldsMax: setting('UPLOAD_FIELDS_MAX', count(1, 10_000), 100, {
      reason: 'Four times as many as there are fields, because each field may be repeated.',
      meaning: 'The number of fields that a form may have, without its files.',
      limits: [limit('fields of an upload', 400, 'too_many_fields')],
    }),
    partsMax: setting('UPLOAD_PARTS_MAX', count(2, 10_002), 102, {
      reason: 'The fields and two files.',
      meaning: 'The number of parts that a form may have: its fields and its files.',
      limits: [limit('parts of an upload: its fields and its files', 400, 'too_many_parts')],
    }),
    fieldNameCharsMax: setting('UPLOAD_FIELD_NAME_CHARS_MAX', characters(16, 1_000), 64, {
      reason: 'The longest field name that trainpost knows has 16 characters.',
      meaning: 'The longest name that a field may have.',
      limits: [limit("a field's name", 400, 'field_name_too_long')],
    }),
    fieldValueBytesMax: setting('UPLOAD_FIELD_VALUE_BYTES_MAX', bytes(1, 10_000_000), 4_096, {
      reason: 'MLflow takes tags of 4,000 characters.',
      meaning: 'The longest value that a field may have.',
      limits: [limit("a field's value", 400, 'field_value_too_long')],
    }),
    atOnceMax: setting('UPLOADS_MAX', count(1, 1_000), 8, {
      reason: 'Each has a file on disk and a table in memory, and is over in milliseconds on a fast line.',
      meaning: 'The uploads at once, each from the first byte of its file to the end of its form.',
      limits: [limit("uploads at once, from the file's first bytes to the form's end", 429, 'uploads_full')],
    }),
    bytesPerSMin: setting('UPLOAD_BYTES_PER_S_MIN', bytes(0, 1_000_000_000), 10_000, {
      reason: 'The 80 kbit/s of a modem; a slower upload would hold a place while others are refused.',
      meaning: 'The bytes a second below which the slowest upload is cut off if a new one finds no place.',
      limits: [limit('fewest bytes a second while all UPLOADS_MAX are under way', 408, 'upload_too_slow')],
    }),
    stallMs: setting('UPLOAD_STALL_MS', ms(100, HOUR_MS), 30_000, {
      reason: 'A line that still works sends something within half a minute.',
      meaning: 'The time that may pass without a byte of an upload. After it the connection is closed.',
      limits: [limit('time without a byte of an upload', 408, 'upload_stalled')],
    }),
    timeoutMs: setting('UPLOAD_TIMEOUT_MS', ms(100, DAY_MS), 900_000, {
      reason: 'Enough for 200 MB at 2 Mbit/s.',
      meaning: 'The time that a whole upload may take to arrive. After it the connection is closed.',
      limits: [limit('time that an upload takes to arrive', 408, 'upload_timeout')],
    }),
  }),
  table: group('Tables', {
    rows: setting('ROWS_MAX', count(1, 1_000_000_000), TABLE_LIMITS.rows, {
      reason: '5 million rows of 9 columns take 100 MB when they are packed, and 400 MB at worst.',
      meaning: 'The number of rows that a table may have, without its header line.',
      limits: [limit('rows of a table', 422, 'too_many_rows')],
    }),
    columns: setting('COLUMNS_MAX', count(2, 100_000), TABLE_LIMITS.columns, {
      reason: 'Far above any table that a logistic regression is fitted on.',
      meaning:
        'The number of columns that a table may have, also after each text of a text column has become a column.',
      limits: [
        limit(
          'columns of a table, and of what a model gets of it',
          422,
          'too_many_columns',
          'too_many_categories',
        ),
      ],
    }),
    cells: setting('CELLS_MAX', count(2, 500_000_000), TABLE_LIMITS.cells, {
      reason: 'Ten columns of 5 million rows. The cells decide how much memory a table takes.',
      meaning: 'The number of cells that a table may have: its rows times its columns.',
      limits: [limit('rows times columns of a table', 422, 'too_many_cells')],
    }),
    categories: setting('CATEGORIES_MAX', count(2, TEXTS_MAX), TABLE_LIMITS.categories, {
      reason:
        'The states of a country and the counties of a state are fewer; more texts are names or comments.',
      meaning:
        'The different texts that a text column may have. Each becomes a column of the model, of which there may be `COLUMNS_MAX` in all.',
      limits: [limit('different texts of a text column', 422, 'too_many_categories')],
    }),
    cellChars: setting('CELL_CHARS_MAX', characters(1, 1 << 24), TABLE_LIMITS.cellChars, {
      reason: 'No category is longer than 64 kB; a longer cell has lost its closing quote.',
      meaning: 'The longest cell that a table may have, without its quotes.',
      limits: [limit('a cell', 422, 'cell_too_long')],
    }),
    lineChars: setting('LINE_CHARS_MAX', characters(1, 1 << 24), TABLE_LIMITS.lineChars, {
      reason: 'A thousand columns of a thousand characters.',
      meaning: 'The longest row that a file may have, with its quotes and the line ends inside them.',
      limits: [limit('a row as it is written', 422, 'line_too_long')],
    }),
  }),
  training: group('Reading and training', {
    parseTimeoutMs: setting('PARSE_TIMEOUT_MS', ms(100, DAY_MS), 60_000, {
      reason: 'A file of 200 MB is read in one second, and in ten seconds if every row has quotes.',
      meaning: 'The time that a thread may work on reading one file.',
      limits: [limit('time that a thread works on reading a file', 422, 'parse_timeout')],
    }),
    threads: setting('TRAINING_THREADS', count(1, 256), THREADS, {
      unset: 'the number of cores − 1, and at least 1',
      reason: 'One core is left to the event loop.',
      meaning: 'The trainings that compute at once, each in a thread of its own.',
      limits: [limit('trainings that compute at once', 429, 'queue_full')],
    }),
    waitingMax: setting('TRAININGS_WAITING_MAX', count(0, 100_000), 16, {
      reason: 'A usual training takes milliseconds, so that a queue of 16 is over within a second.',
      meaning: 'The trainings that may wait for a thread. A client that sends one more must come back later.',
      limits: [limit('trainings that wait for a thread', 429, 'queue_full')],
    }),
    timeoutMs: setting('TRAINING_TIMEOUT_MS', ms(100, DAY_MS), 300_000, {
      reason: 'A hundred times as long as a million rows take.',
      meaning:
        'The time that a training may wait and compute, both together. It is the same for a sweep, however many candidates and folds the sweep has. A sweep that cannot end in time is rejected after its first fits.',
      limits: [limit('time that a training waits and computes', 422, 'training_timeout')],
    }),
    sweepMax: setting('SWEEP_MAX', count(1, 10_000), 200, {
      reason: 'Each candidate becomes a run in MLflow, which takes about thirty a second.',
      meaning: 'The combinations of settings that one sweep may fit.',
      limits: [limit('combinations of a sweep', 422, 'sweep_too_large')],
    }),
    helpers: setting('TRAINING_HELPERS', count(1, 256), THREADS, {
      unset: 'the number of cores − 1, and at least 1',
      reason: 'One core is left to the event loop.',
      meaning: 'The threads that read uploads and help with large fits.',
    }),
  }),
  memory: group('Memory', {
    memoryBytesMax: setting('MEMORY_BYTES_MAX', bytes(MEMORY_BYTES_MIN, 100_000_000_000_000), TABLE_BYTES, {
      unset: 'half of what the process may use, and at least 32 MiB',
      reason: 'The other half is for the heaps of the threads, for uploads that arrive, and for the system.',
      meaning: 'The memory of all trainings under way: their tables, and what is computed from the tables.',
      limits: [
        limit('memory of all trainings under way, while others hold the rest', 429, 'memory_promised'),
        limit('memory of one training', 422, 'too_large_for_memory'),
      ],
    }),
    heapBytesMax: setting('THREAD_HEAP_BYTES_MAX', bytes(MEMORY_BYTES_MIN, 100_000_000_000), HEAP_BYTES, {
      unset: '1073741824 (1 GiB), and at most the default of `MEMORY_BYTES_MAX`',
      reason: 'A heap holds texts and summaries of a table; if they take 1 GiB, something has gone wrong.',
      meaning: 'The memory that a thread may have beside the tables.',
      limits: [limit("a thread's own heap", 422, 'too_large_for_memory')],
    }),
  }),
  jobs: group('Jobs that are done later', {
    jobsMax: setting('JOBS_MAX', count(1, 100_000), 1_000, {
      reason: 'A queue of a day, if each job takes a minute and a half.',
      meaning:
        'The jobs of `Prefer: respond-async` that may wait or run. They lie in `SPOOL_DIR` with their files.',
      limits: [limit('jobs of `Prefer: respond-async` that wait or run', 503, 'jobs_full')],
    }),
    bytesMax: setting('JOBS_BYTES_MAX', bytes(1, 100_000_000_000_000), 10_000_000_000, {
      reason: 'Fifty files of the largest size.',
      meaning: 'The bytes of the files of these jobs.',
      limits: [
        limit('bytes of the files of these jobs', 503, 'jobs_full'),
        limit('bytes of the files of one of these jobs', 507, 'job_too_large'),
      ],
    }),
  }),
  spool: group('The spool', {
    dir: setting('SPOOL_DIR', path, 'spool', {
      reason: 'A folder in the working directory.',
      meaning: 'The folder, on a disk that stays, for trainings until MLflow has them. One for each process.',
    }),
    recordsMax: setting('SPOOL_RECORDS_MAX', count(1, 100_000), 1_000, {
      reason: 'An outage of an hour, with a training every four seconds.',
      meaning: 'The trainings that may be in the spool because MLflow does not have them, with dead letters.',
      limits: [limit('trainings that MLflow has not taken, dead letters included', 503, 'spool_full')],
    }),
    bytesMax: setting('SPOOL_BYTES_MAX', bytes(1, 100_000_000_000_000), 1_000_000_000, {
      reason: 'A thousand records of 1 MB, which is twenty times what a record usually has.',
      meaning: 'The bytes of these trainings.',
      limits: [
        limit('bytes of these trainings', 503, 'spool_full'),
        limit('bytes of one of these trainings', 507, 'record_too_large'),
      ],
    }),
    diskFreeMin: setting('SPOOL_DISK_FREE_PERCENT_MIN', percent(0, 99), 0.1, {
      reason: 'With less than a tenth free, file systems get slow and their administrators nervous.',
      meaning: "The percentage of the spool's disk that must stay free. With 0, the disk may be filled.",
      limits: [limit("share of the spool's disk that stays free", 503, 'spool_disk_low')],
    }),
    keptMs: setting('SPOOL_KEPT_MS', ms(1_000, YEAR_MS), DAY_MS, {
      reason: 'A client that repeats a request does so within a day.',
      meaning: 'The time that trainpost remembers a delivered training and its `Idempotency-Key`.',
    }),
    deadKeptMs: setting('SPOOL_DEAD_KEPT_MS', ms(1_000, YEAR_MS), 30 * DAY_MS, {
      reason: 'A dead letter waits for a person, who may be away.',
      meaning: 'The time that trainpost keeps a dead letter: a training that MLflow refused for good.',
    }),
  }),
  wait: group('Answers that wait for MLflow', {
    defaultMs: setting('MLFLOW_WAIT_MS', ms(0, HOUR_MS), 20_000, {
      reason: 'Ten times MLflow on a bad day, and less than proxies and CI jobs wait for a first byte.',
      meaning: 'The time that an answer waits until its run is FINISHED in MLflow; then the answer is 202.',
      limits: [limit('time that an answer waits for MLflow; the training is accepted, and pending', 202)],
    }),
    maxMs: setting('MLFLOW_WAIT_MAX_MS', ms(0, HOUR_MS), 300_000, {
      reason: 'A proxy or a firewall is likely to cut a connection that is silent for longer.',
      meaning: 'The longest wait that a client can ask for with `Prefer: wait`.',
    }),
  }),
  mlflow: group('MLflow', {
    trackingUri: optional('MLFLOW_TRACKING_URI', httpUrl, {
      unset: 'an MLflow on this machine, which trainpost starts if it must',
      meaning: 'The address of an MLflow tracking server that proxies artifacts, which is its default.',
    }),
    localPort: setting('MLFLOW_LOCAL_PORT', count(1, 65_535), 5000, {
      reason: "MLflow's own default.",
      meaning: 'Without `MLFLOW_TRACKING_URI`, the port at which trainpost finds or starts an MLflow.',
    }),
    publicUrl: optional('MLFLOW_PUBLIC_URL', publicUrl, {
      unset: 'the address of the tracking server',
      meaning: 'The start of the links in answers, if people reach MLflow at another address than trainpost.',
    }),
    username: optional('MLFLOW_TRACKING_USERNAME', text, {
      unset: 'no basic authentication',
      meaning: 'The name for basic authentication at MLflow. Set the password too.',
    }),
    password: optional('MLFLOW_TRACKING_PASSWORD', text, {
      unset: 'no basic authentication',
      meaning: 'The password for basic authentication at MLflow. Set the name too.',
    }),
    token: optional('MLFLOW_TRACKING_TOKEN', headerToken, {
      unset: 'no token',
      meaning: 'The bearer token for MLflow. If a name and a password are set, trainpost sends them instead.',
    }),
    workspace: optional('MLFLOW_WORKSPACE', workspace, {
      unset: "the server's default workspace",
      meaning: 'The workspace of an MLflow server with workspaces (`--enable-workspaces`).',
    }),
    serverCertPath: optional('MLFLOW_TRACKING_SERVER_CERT_PATH', path, {
      unset: 'the authorities that Node.js knows, and those of `NODE_EXTRA_CA_CERTS`',
      meaning:
        "A PEM file, or a folder of PEM files: the authorities that may sign the certificate of MLflow's server, instead of the usual ones.",
    }),
    insecureTls: setting('MLFLOW_TRACKING_INSECURE_TLS', boolean, false, {
      reason: 'Anybody between trainpost and MLflow could read the password.',
      meaning: 'Whether trainpost takes any certificate of the MLflow server. For tests only.',
    }),
    clientCertPath: optional('MLFLOW_TRACKING_CLIENT_CERT_PATH', path, {
      unset: 'no certificate',
      meaning:
        'A PEM file with a certificate and its private key, if the MLflow server or its proxy asks for one.',
    }),
    readyExperiment: optional('READY_EXPERIMENT', text, {
      unset: 'the experiment of the last delivery, or else `Default`',
      meaning: 'The experiment for which `/health/ready` asks whether trainpost may write to it.',
    }),
    callTimeoutMs: setting('MLFLOW_CALL_TIMEOUT_MS', ms(100, HOUR_MS), 30_000, {
      reason: 'A call takes milliseconds as a rule; the rest of the time is for its retries.',
      meaning: 'The time for one call to MLflow, with its retries. After it the delivery is tried again.',
      limits: [
        limit('time of one call to MLflow; the training is accepted, and pending', 202, 'mlflow_timeout'),
      ],
    }),
  }),
  names: group('Names in MLflow', {
    modelName: optional('MODEL_NAME', modelName, {
      unset: '`<file stem>-model`',
      meaning: 'The name of a logged model if the form gives none.',
    }),
    signature: setting('MODEL_SIGNATURE', signatureKind, 'inferred', {
      reason: 'Every version of MLflow can read it.',
      meaning: 'The default of the field `signature`: `inferred`, `any` or `none`.',
    }),
  }),
  models: group('Models that are read back', {
    aliasTtlMs: setting('MODEL_ALIAS_TTL_MS', ms(0, HOUR_MS), 5_000, {
      reason: 'A new champion serves within seconds, and MLflow gets one call in that time.',
      meaning:
        'How long the version behind an alias counts before trainpost asks MLflow again. While MLflow is away, the loaded version goes on serving.',
    }),
  }),
  scoring: group('Predictions', {
    modelUri: optional('MODEL_URI', text, {
      unset: 'each request must name a model (`?model=`)',
      meaning:
        'The model that predicts if a request names none, such as `models:/diabetes@champion`. `GET /ping` asks for this model.',
    }),
    bodyBytesMax: setting('SCORING_BODY_BYTES_MAX', bytes(1, 1_000_000_000), 16_000_000, {
      reason:
        'A hundred thousand rows of ten numbers. A body is read at once, so no other request is answered meanwhile.',
      meaning: 'The largest body of `POST /invocations`. `POST /predict` takes files of `UPLOAD_BYTES_MAX`.',
      limits: [limit('the body of a request for predictions', 413, 'body_too_large')],
    }),
  }),
  delivery: group('Deliveries to MLflow', {
    atOnce: setting('DELIVERIES_AT_ONCE', count(1, 16), 2, {
      reason: 'MLflow on SQLite takes about six runs a second, however many arrive at once.',
      meaning: 'The deliveries to MLflow at once.',
    }),
    quarantineMs: setting('DELIVERY_QUARANTINE_MS', ms(0, DAY_MS), 120_000, {
      reason: 'Four times what a call may take by default.',
      meaning: 'How long trainpost looks for a run whose create got no answer, before it makes another.',
    }),
    recheckMs: setting('DELIVERY_RECHECK_MS', ms(0, DAY_MS), 600_000, {
      reason: 'Far above the time that a proxy keeps a request.',
      meaning: 'When trainpost looks once more for a second run, which such a create may have made late.',
    }),
  }),
  connections: group('Connections', {
    max: setting('CONNECTIONS_MAX', count(1, 100_000), 1_024, {
      reason: 'A process may have as many files open by default, and most connections have no file.',
      meaning: 'The connections at once. trainpost answers 64 more with 503, and closes all others.',
      limits: [limit('connections', 503, 'connections_full')],
    }),
    headersTimeoutMs: setting('HEADERS_TIMEOUT_MS', ms(100, HOUR_MS), 10_000, {
      reason: 'The head of a request is one packet.',
      meaning: 'The time that the head of a request may take to arrive. After it the connection is closed.',
      limits: [limit('time that the head of a request takes to arrive', 408, 'request_timeout')],
    }),
    keepAliveMs: setting('KEEP_ALIVE_MS', ms(1, HOUR_MS), 5_000, {
      reason: "Node's own default; an idle connection takes a place.",
      meaning: 'The time that a connection may be idle between two requests.',
    }),
  }),
  process: group('The process', {
    graceMs: setting('SHUTDOWN_GRACE_MS', ms(100, HOUR_MS), 30_000, {
      reason: 'Kubernetes and users of Docker Compose commonly wait as long before they kill a process.',
      meaning: 'The time that requests and deliveries under way may take to end after a signal.',
    }),
    logLevel: setting('LOG_LEVEL', logLevel, 'info', {
      reason: 'One line for each request.',
      meaning: 'The least severe lines that the log has.',
    }),
  }),
};
