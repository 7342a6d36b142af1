/** The forms of an answer, and the type of each. The first one is the default. */
export const REPRESENTATIONS = {
  json: 'application/json',
  markdown: 'text/markdown',
  junit: 'application/xml',
  html: 'text/html',
  csv: 'text/csv',
  openMetrics: 'application/openmetrics-text',
} as const;

export type Representation = keyof typeof REPRESENTATIONS;

/** A client that takes only problems takes JSON. */
const TYPES: readonly (readonly [Representation, string])[] = [
  ...(Object.entries(REPRESENTATIONS) as [Representation, string][]),
  ['json', 'application/problem+json'],
];

/** What `HttpURLConnection` of Java 8 to 11 sends if its program says nothing. Such a program reads JSON. */
const OLD_JAVA = 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2';

/** Paths whose answers have all these forms. */
const NEGOTIATED = /^\/(?:train|evaluate)\/?$/i;

export function isNegotiated(path: string): boolean {
  return NEGOTIATED.test(path);
}

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly place: number;
}

/**
 * The form that a client likes best by its `Accept` header (RFC 9110, 12.5.1); undefined if it takes no form that there is.
 * Parameters of types, such as `version=1.0.0`, do not count. Without a preference, the form that the header names first counts,
 * and JSON comes first behind `*`.
 */
export function preferred(accept: string | undefined): Representation | undefined {
  if (accept === undefined || accept.trim() === '' || accept === OLD_JAVA) return 'json';
  const ranges = accept.split(',').map(rangeOf);
  let best: (Range & { readonly representation: Representation }) | undefined;
  for (const [representation, type] of TYPES) {
    const range = mostSpecific(ranges, type);
    if (range === undefined || range.quality === 0) continue;
    const isBetter =
      best === undefined ||
      range.quality > best.quality ||
      (range.quality === best.quality && range.place < best.place);
    if (isBetter) best = { ...range, representation };
  }
  return best?.representation;
}

function rangeOf(text: string, place: number): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const value = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, quality: value >= 0 && value <= 1 ? value : 0, place };
}

/** The range that says most about a type, even if it excludes the type: the type itself, then its family, then any type. */
function mostSpecific(ranges: readonly Range[], type: string): Range | undefined {
  const family = `${type.split('/')[0]}/*`;
  for (const wanted of [type, family, '*/*']) {
    const found = ranges.find((range) => range.type === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
