import type { TextColumn } from './table.ts';

/** Smallest share of number-like texts. A column with fewer is text that looks like numbers here and there. */
export const NUMBERS_SHARE_MIN = 0.5;
/** A single text says nothing about a column. */
const TEXTS_MIN = 2;
/** A longer text is not a number. It would also take the expression below too long. */
const CHARS_MAX = 40;

/** Signs between groups of three digits, or of two in India: apostrophes, blanks of all widths, and the usual signs. */
const GROUPS = String.raw`\d{1,3}(?:[.,'’_ \u00a0\u2009\u202f]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}`;
/** Comparison, currency and sign. */
const BEFORE = String.raw`[<>~≈≤≥±]?\s*\(?(?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}(?=\s*[\d(+-]))?\s*[+\-−–]?\s*\p{Sc}?\s*`;
/** Percent, currency, or a unit of one or two words. */
const BEHIND = String.raw`\+?\s*(?<unit>[%‰]|\p{Sc}|°?\p{L}[\p{L}/²³.]{0,11}(?: \p{L}{1,12})?)?\)?`;
const NUMBER_TEXT = new RegExp(
  `^\\s*${BEFORE}(?:(?:${GROUPS})(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)?)\\s*${BEHIND}\\s*$`,
  'u',
);

/** A number without anything around it, and a number with nothing but groups. */
const PLAIN = /^\s*[+-]?\d+(?:[.,]\d+)?\s*$/;
const ONLY_GROUPS = new RegExp(`^\\s*[+-]?(?:${GROUPS})(?:[.,]\\d+)?\\s*$`);

/** What number-like texts of a column look like. */
export interface NumberTexts {
  readonly count: number;
  readonly example: string;
  /** Whether they have groups of digits, and no signs or unit. */
  readonly hasGroups: boolean;
}

/** The unit of a number with signs or a unit, perhaps none; undefined for any other text. */
function unitOf(text: string): string | undefined {
  const groups = text.length > CHARS_MAX ? undefined : NUMBER_TEXT.exec(text)?.groups;
  if (groups === undefined) return undefined;
  // "1 year" and "2 years" have the same unit.
  const unit = (groups['unit'] ?? '').toLowerCase().replace(/s$/, '');
  return /^[kmb]$/.test(unit) ? 'k' : unit;
}

/** Whether a text is a number with signs, groups or a unit. */
export function looksLikeNumber(text: string): boolean {
  return unitOf(text) !== undefined;
}

/**
 * Finds out whether most texts of a column are numbers with signs, groups or one unit, such as `5.7%`, `$32,000` or
 * `36 months`. Codes such as `1A` and `2B` have different units, and are not numbers.
 */
export function numberTexts({ texts }: Pick<TextColumn, 'texts'>): NumberTexts | undefined {
  if (texts.length < TEXTS_MIN) return undefined;
  const parts = texts.flatMap((text) => {
    const unit = unitOf(text);
    return unit === undefined ? [] : [{ unit, text }];
  });
  const units = new Map<string, number>();
  for (const { unit } of parts) units.set(unit, (units.get(unit) ?? 0) + 1);
  const [unit, count = 0] = [...units].sort(([, a], [, b]) => b - a)[0] ?? [];
  const decorated = parts.filter((one) => one.unit === unit && !PLAIN.test(one.text));
  if (count < texts.length * NUMBERS_SHARE_MIN || decorated.length === 0) return undefined;
  const hasGroups = decorated.every((one) => ONLY_GROUPS.test(one.text));
  return { count: parts.length, example: decorated[0]!.text, hasGroups };
}
