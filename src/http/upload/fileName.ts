import { randomUUID } from 'node:crypto';
import { NotATableError, quote } from '../../errors.ts';
import { ctime } from '../../python/ctime.ts';
import { FILE_FIELDS } from '../../training/fields/table.ts';

/** The name of a file whose client has no name for it. */
export const NO_FILE_NAME = 'data';
/** Characters of the file's name in the upload's name. The time and the random part take the rest of a segment's 255 bytes. */
const STEM_CHARS_MAX = 80;
/** Length of a UUID's last group, which is random. */
const RANDOM_CHARS = 12;
const TABLE_NAME = /^(?<stem>.*)(?<extension>\.(?:csv|tsv|txt)(?:\.gz)?)$/is;
/** `<name>_<ctime>_<process id>-<random>.csv`: the original's pattern, the owner, and a part that nobody can guess. */
const UPLOAD_NAME =
  /_[A-Z][a-z]{2}-[A-Z][a-z]{2}-[-\d]\d-\d\d[:.]\d\d[:.]\d\d-\d{4}_(\d{1,10})-[0-9a-f]{12}\.(?:csv|tsv|txt)(?:\.gz)?$/;

/** Extensions of files that hold no table that trainpost reads. Every other name says nothing against a file. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  'an Excel workbook': 'xls xlsb xlsm xlsx xltx',
  'a spreadsheet': 'ods',
  'a picture': 'avif bmp gif heic ico jpeg jpg png psd svg tif tiff webp',
  'a document': 'doc docx epub odp odt pdf ppt pptx rtf',
  'an archive': '7z bz2 iso jar lz4 lzma rar tar tbz2 tgz txz whl xz zip zst',
  'a file of another data format':
    'accdb arrow avro db dbf dta feather h5 hdf hdf5 joblib mat mdb npy npz onnx orc parquet pickle pkl por rda rdata rds sas7bdat sav shp sqlite sqlite3 xpt',
  JSON: 'geojson json jsonl ndjson',
  'HTML or XML': 'htm html xhtml xml',
  YAML: 'yaml yml',
  'a program': 'apk class dll exe ipynb js msi py sql',
  'a sound or a film': 'aac avi flac m4a mkv mov mp3 mp4 ogg wav webm',
};
const KIND_OF = new Map(
  Object.entries(OTHER_KINDS).flatMap(([kind, extensions]) =>
    extensions.split(' ').map((extension) => [extension, kind] as const),
  ),
);

/**
 * Names that programs make up: curl for standard input and pipes, fetch for a Blob, httpx, requests, Python's tempfile. The
 * numbers of pipes and the names of temporary files change from run to run.
 */
const MADE_UP = new RegExp(
  `^(?:[^\\p{L}\\p{N}]*|\\d{1,4}|<.*>|tmp[a-z0-9_]{8}|pipe:\\[\\d+\\]|blob|body|buffer|content|data|file|filename|input|noname|none|null|pipe|stdin|stream|undefined|unknown|unnamed|untitled|upload|${FILE_FIELDS.join('|')})$`,
  'iu',
);
// biome-ignore lint/suspicious/noControlCharactersInRegex: a name in MLflow has none of these characters.
const CONTROLS = /[\0-\x1f\x7f]/g;

/** The error for a name of another kind of file. Every other name is right, because the content decides. */
export function refuseName(fileName: string, field: string): NotATableError | undefined {
  const plain = fileName.replace(/[\s.]+$/, '').replace(/\.gz$/i, '');
  const [, extension = ''] = /\.([^.]+)$/.exec(plain) ?? [];
  const kind = KIND_OF.get(extension.toLowerCase());
  if (kind === undefined) return undefined;
  return new NotATableError(
    'not_a_csv_name',
    `By its name, the file ${quote(fileName)} is ${kind}, not a table: save the table as CSV and send the CSV file.`,
    { field, value: fileName },
  );
}

/** Whether a program made the name up, or the client has no name for the file. */
export function isMadeUp(fileName: string): boolean {
  return MADE_UP.test(fileName);
}

/** The file's name for people; `data` if a program made the client's name up. */
export function shownName(fileName: string): string {
  return isMadeUp(fileName) ? NO_FILE_NAME : fileName.replaceAll(CONTROLS, '-');
}

/** The name under which an upload is stored. */
export function uploadName(fileName: string): string {
  const shown = shownName(fileName);
  const { stem = shown, extension = '.csv' } = TABLE_NAME.exec(shown)?.groups ?? {};
  const name = stem.replaceAll(/[^\w.-]/g, '-').slice(0, STEM_CHARS_MAX);
  // Windows allows no colon in a file's name.
  const time = process.platform === 'win32' ? ctime().replaceAll(':', '.') : ctime();
  const random = randomUUID().slice(-RANDOM_CHARS);
  return `${name}_${time}_${process.pid}-${random}${extension.toLowerCase()}`;
}

/** The id of the process that stored an upload under this name; undefined if the name is not that of an upload. */
export function ownerOf(storedName: string): number | undefined {
  const [, pid] = UPLOAD_NAME.exec(storedName) ?? [];
  return pid === undefined ? undefined : Number(pid);
}
