import fc from 'fast-check';
import { DRY, END, FORM, field, file, HEAD, type Hostile, post, postChunked } from './requests.ts';

/** Correct requests, which are changed. */
const GOOD = file() + DRY + field('exp_name', 'okapi') + field('tags', 'a=b') + END;
const REQUESTS: readonly string[] = [
  `GET /test HTTP/1.1\r\n${HEAD}Accept: */*\r\nUser-Agent: x\r\n\r\n`,
  post(GOOD),
  post(field('tol', '0.5') + field('iterations', '9') + file() + DRY + END),
  postChunked(GOOD, 97),
  post(GOOD, `Expect: 100-continue\r\n${FORM}`),
  post(GOOD) + post(GOOD),
];

/** Texts that mean something to one of the parsers. */
const WORDS: readonly string[] = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  '\0',
  '\t',
  ' ',
  ':',
  ';',
  '=',
  '"',
  '\\',
  '%',
  '%00',
  '..',
  '/',
  '[',
  ']',
  '--',
  '--b0undary',
  '--b0undary--',
  '\xff',
  '\xc3',
  '\xef\xbb\xbf',
  '\x1b[',
  '__proto__',
  'filename*=',
  'name=',
  ',',
  '1e9',
  '-1',
  '0',
  'ffffffff',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: x\r\n',
  'Expect: x\r\n',
  'Content-Disposition: form-data; name="tol"\r\n',
  'Connection: close\r\n',
  'Origin: null\r\n',
  'HTTP/1.1',
  'chunked',
  'A'.repeat(5_000),
  '\x1f\x8b\x08',
];

/** A change of a request; `at` is its place as a share of the request's length. */
type Edit = { readonly at: number } & (
  | { readonly kind: 'put'; readonly text: string }
  | { readonly kind: 'change'; readonly byte: number }
  | { readonly kind: 'cut' | 'repeat'; readonly bytes: number }
  | { readonly kind: 'end' }
);

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), at, text: fc.constantFrom(...WORDS) }),
  fc.record({ kind: fc.constant('change' as const), at, byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    kind: fc.constantFrom('cut' as const, 'repeat' as const),
    at,
    bytes: fc.integer({ min: 1, max: 80 }),
  }),
  fc.record({ kind: fc.constant('end' as const), at }),
);
const change = fc.record({
  request: fc.constantFrom(...REQUESTS),
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
});

/** Makes `count` changed requests, always the same for the same seed. */
export function mutations(count: number, seed: number): Hostile[] {
  return fc.sample(change, { numRuns: count, seed }).map(({ request, edits }, i) => ({
    name: `change ${i} of seed ${seed}: ${JSON.stringify(edits)}`,
    bytes: Buffer.from(edits.reduce(applied, request), 'latin1'),
  }));
}

function applied(text: string, { at: share, ...how }: Edit): string {
  const place = Math.floor(share * text.length);
  const before = text.slice(0, place);
  const behind = text.slice(place);
  switch (how.kind) {
    case 'put':
      return before + how.text + behind;
    case 'change':
      return before + String.fromCharCode(how.byte) + behind.slice(1);
    case 'cut':
      return before + behind.slice(how.bytes);
    case 'repeat':
      return before + behind.slice(0, how.bytes) + behind;
    case 'end':
      return before;
  }
}
