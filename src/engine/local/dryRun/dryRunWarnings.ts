import { CATEGORIES_MAX } from '../../../data/dataset.ts';
import { quote } from '../../../errors.ts';
import type { ColumnProfile, NumberProfile, TextProfile } from '../../../values/dryRun.ts';
import type { Warning } from '../../../values/warning.ts';

type ColumnWarning = Warning & { readonly column: string };

/** From this ROC AUC on, or from its mirror image below 0.5, a column alone separates a class from the others. */
const GIVEN_AWAY_AREA = 0.999;
/** A larger share of missing cells is worth a warning. */
const MISSING_SHARE_MAX = 0.3;
/** In fewer rows, all values may differ by chance. */
const ROWS_TO_JUDGE = 20;

/** Warnings about a feature, before anybody trains with it. */
export function columnWarnings(profile: ColumnProfile, rows: number): ColumnWarning[] {
  if (profile.role !== 'feature') return [];
  const says = profile.kind === 'number' ? ofNumbers(profile) : ofText(profile, rows);
  const both = ofAny(profile, rows);
  const column = quote(profile.name);
  return [...both, ...says].map(([code, says]) => ({
    code,
    message: `Column ${column} ${says}`,
    column: profile.name,
  }));
}

/** A code, and what follows the column's name. */
type Finding = readonly [code: string, says: string];

function ofAny(profile: ColumnProfile, rows: number): Finding[] {
  const { missing, distinct, allDistinct } = profile;
  const findings: Finding[] = [];
  if (distinct === 0) {
    findings.push(['empty_column', 'has no value in any row: add it to ignore.']);
  } else if (missing > rows * MISSING_SHARE_MAX) {
    const percent = Math.round((100 * missing) / rows);
    findings.push(['many_missing', `has no value in ${missing} of ${rows} rows (${percent} %).`]);
  }
  if (distinct === 1) {
    findings.push(['constant_column', 'has one value only, so nothing can be learned from it.']);
  }
  if (allDistinct && rows >= ROWS_TO_JUDGE) {
    findings.push([
      'id_like_column',
      'has a different value in every row, like an ID: if it is an ID, add it to ignore.',
    ]);
  }
  return findings;
}

function ofNumbers({ infinite, others, rocAuc }: NumberProfile): Finding[] {
  const findings: Finding[] = [];
  if (others > 0) findings.push(notNumbers(others));
  if (infinite > 0)
    findings.push(['infinite_value', `has ${cells(infinite)} that ${are(infinite)} infinite.`]);
  if (rocAuc && Math.max(rocAuc.area, 1 - rocAuc.area) >= GIVEN_AWAY_AREA) {
    const label = quote(String(rocAuc.label));
    findings.push(['target_given_away', givenAway(`separates the class ${label} from all others by itself`)]);
  }
  return findings;
}

function ofText(
  { distinct, distinctCapped, allDistinct, isOfOneClassEach, numbers, others }: TextProfile,
  rows: number,
): Finding[] {
  const findings: Finding[] = [];
  // A column of mostly numbers is no text for a training: it takes the other cells for mistakes.
  if (others > 0 && numbers >= others) return [notNumbers(others)];
  if (distinctCapped || distinct > CATEGORIES_MAX) {
    const many = distinctCapped ? `more than ${distinct}` : distinct;
    const says = `has ${many} different texts, and the limit is ${CATEGORIES_MAX}: add it to ignore.`;
    findings.push(['too_many_categories', says]);
  }
  // Texts that hardly ever occur twice have one class each by chance.
  if (isOfOneClassEach && !allDistinct && distinct > 1 && 2 * distinct <= rows) {
    findings.push(['target_given_away', givenAway('has texts that each belong to one class')]);
  }
  return findings;
}

function notNumbers(others: number): Finding {
  return [
    'not_a_number',
    `has ${cells(others)} that ${are(others)} not ${others === 1 ? 'a number' : 'numbers'}.`,
  ];
}

function givenAway(says: string): string {
  return `${says}: if its value is known only after the class is, add it to ignore.`;
}

const cells = (count: number) => (count === 1 ? '1 cell' : `${count} cells`);
const are = (count: number) => (count === 1 ? 'is' : 'are');
