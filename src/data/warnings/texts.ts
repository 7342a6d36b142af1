import { quote } from '../../errors.ts';
import type { Warning } from '../../values/warning.ts';
import { MissingTexts } from '../column.ts';
import { meantAsNumbers } from '../decimalSigns.ts';
import type { CsvFormat } from '../sniff.ts';
import type { TableColumn, TextColumn } from '../table.ts';

/** Pairs of texts that a warning lists. */
const PAIRS_SHOWN = 3;

/** Warnings about the texts of a column. */
export function textWarnings(column: TableColumn, format: CsvFormat, isFeature: boolean): Warning[] {
  if (column.kind !== 'text' || column.overflowed) return [];
  return [
    ...asNumbers(column, format, isFeature),
    ...similarTexts(column, isFeature),
    ...paddedTexts(column, format),
  ];
}

/** Warns of numbers that are texts. Without the warning, they silently become categories. */
function asNumbers(column: TextColumn, { decimalComma }: CsvFormat, isFeature: boolean): Warning[] {
  const meant = meantAsNumbers(column, decimalComma);
  if (meant === undefined || (meant.code === 'looks_like_numbers' && !isFeature)) return [];
  const { code, says, remedy } = meant;
  const message = `Column ${quote(column.name)} was read as text because ${says}: ${remedy}, or add the column to ignore.`;
  return [{ code, message, column: column.name }];
}

/** Warns of texts that differ by blanks or case alone. */
function similarTexts({ name, texts }: TextColumn, isFeature: boolean): Warning[] {
  const firstOf = new Map<string, string>();
  const pairs: string[] = [];
  for (const text of texts) {
    const key = text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, text);
    else if (key !== '') pairs.push(`${quote(first)} and ${quote(text)}`);
  }
  if (pairs.length === 0) return [];
  const kind = isFeature ? 'categories' : 'classes';
  const shown = pairs.slice(0, PAIRS_SHOWN).join(', ');
  const more = pairs.length > PAIRS_SHOWN ? ` and ${pairs.length - PAIRS_SHOWN} more` : '';
  const message = `Column ${quote(name)} has texts that differ only by blanks or case, and are different ${kind}: ${shown}${more}. Write each ${isFeature ? 'category' : 'class'} in one way.`;
  return [{ code: 'similar_texts', message, column: name }];
}

/** Warns of texts that mean missing but for blanks, as pandas reads them too. */
function paddedTexts({ name, texts, notes }: TextColumn, format: CsvFormat): Warning[] {
  if ((notes?.padded ?? 0) === 0) return [];
  const missing = new MissingTexts(format.naValues, format);
  const text = texts.find((one) => missing.hasPadded(one));
  if (text === undefined) return [];
  const message = `Column ${quote(name)} has ${notes?.padded} cells such as ${quote(text)}, which are a text and not missing because of their blanks, as in pandas: if such a cell means missing, name it in na_values.`;
  return [{ code: 'padded_missing', message, column: name }];
}
