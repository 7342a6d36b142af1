/** Widths of characters in shares of the font's size: SVG on a server cannot measure text. */
const WIDE = 1.02;
const CAPITAL = 0.75;
const NARROW = 0.33;
const USUAL = 0.61;
/** Chinese, Japanese and Korean, and pictures. */
const WIDE_CHARACTER =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const CAPITAL_CHARACTER = /[A-ZMW@%&mw]/;
const NARROW_CHARACTER = /[ilj.,:;'|!()[\]\p{Mn}]/u;

const widths = new Map<string, number>();
/** Characters whose widths are remembered. A text may have any, but most texts have few. */
const REMEMBERED_MAX = 5_000;

function characterWidth(character: string): number {
  const known = widths.get(character);
  if (known !== undefined) return known;
  const width = WIDE_CHARACTER.test(character)
    ? WIDE
    : NARROW_CHARACTER.test(character)
      ? NARROW
      : CAPITAL_CHARACTER.test(character)
        ? CAPITAL
        : USUAL;
  if (widths.size < REMEMBERED_MAX) widths.set(character, width);
  return width;
}

export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * fontSize;
}

/** Signs without a picture, and those that turn the direction of the text behind them. A line break may stay in a text. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A text from a file as it is shown. */
export function seen(text: string): string {
  return text.replaceAll(UNSEEN, ' ');
}

/** All texts of a report as they are shown. The command line keeps each character, because it is to be copied. */
export function seenReport<Report>(report: Report): Report {
  return JSON.parse(JSON.stringify(report), seenValue) as Report;
}

/** A reviver of `JSON.parse`. */
export function seenValue(key: string, value: unknown): unknown {
  return typeof value === 'string' && key !== 'command' ? seen(value) : value;
}

/** Cuts a text to a width and puts an ellipsis in its middle: names of columns often differ at their ends only. */
export function fitText(text: string, width: number, fontSize: number): string {
  const plain = text.replaceAll('\n', ' ');
  if (textWidth(plain, fontSize) <= width) return plain;
  const characters = [...plain];
  let room = width - textWidth('…', fontSize);
  let front = 0;
  let back = characters.length;
  while (front < back) {
    const takesFront = front <= characters.length - back;
    room -= characterWidth(characters[takesFront ? front : back - 1]!) * fontSize;
    if (room < 0) break;
    if (takesFront) front++;
    else back--;
  }
  return `${characters.slice(0, front).join('')}…${characters.slice(back).join('')}`;
}

/** Lets a text of any direction stand in a line of another. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

const DIGITS = 4;

/** A number for people: four significant digits, whole numbers with groups of digits. */
export function shownNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return groups(value);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4) return value.toExponential(2);
  return size >= 1e4 ? groups(Math.round(value)) : String(Number(value.toPrecision(DIGITS)));
}

/** A metric: four decimals. */
export function shownMetric(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(DIGITS);
}

export function shownPercent(share: number): string {
  return `${(share * 100).toFixed(share === 0 || share >= 0.0995 ? 0 : 1)} %`;
}

function groups(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
