import type { Fields } from '../../client.ts';

/** What needs no quotes in a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

export interface CurlParts {
  /** The address of the service, with its slash at the end. */
  readonly base: string;
  readonly path: 'train' | 'evaluate' | 'predict';
  /** Names of files by their fields, such as `train_file`. */
  readonly files: Readonly<Record<string, string>>;
  readonly fields: Fields;
  readonly wantsToken: boolean;
}

/** The line for a POSIX shell that sends the same form. The token stays a name: the shell puts its value in. */
export function curlLine({ base, path, files, fields, wantsToken }: CurlParts): string {
  const parts = [
    'curl',
    ...(wantsToken ? ['-H "Authorization: Bearer $TRAINPOST_TOKEN"'] : []),
    ...Object.entries(files).map(([field, name]) => `-F ${quoted(`${field}=@${fileName(name)}`)}`),
    ...Object.entries(fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => option(name, String(one))),
    ),
    quoted(`${base}${path}`),
  ];
  return parts.join(' ');
}

/** curl reads a file for a value that begins with @ or <, and options after a semicolon: `--form-string` reads neither. */
function option(name: string, value: string): string {
  const flag = /^[@<]|;|^"/.test(value) ? '--form-string' : '-F';
  return `${flag} ${quoted(`${name}=${value}`)}`;
}

/** curl takes a comma or a semicolon in a file's name for the end of the name, unless the name stands in double quotes. */
function fileName(name: string): string {
  return /[,;"\\]/.test(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : name;
}

/** A word for a POSIX shell: in single quotes, if it needs quotes. */
function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
