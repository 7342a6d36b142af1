import { CATEGORIES_MAX } from '../../../data/dataset.ts';
import { quote } from '../../../errors.ts';
import type { ColumnProfile, NumberProfile, TextProfile } from '../../../values/dryRun.ts';
import type { Warning } from '../../../values/warning.ts';

type ColumnWarning = Warning & { readonly column: string };

/** From this area on, or its mirror image below 0.5, a column alone tells a class from the others. */
const GIVEN_AWAY_AREA = 0.999;
/** More missing cells than this share are worth a word. */
const MISSING_SHARE_MAX = 0.3;
/** In fewer rows values may well be all different. */
const ROWS_TO_JUDGE = 20;

/** What a person should know of a feature before training with it. */
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
    findings.push(['empty_column', 'has no value in any row: name it in ignore.']);
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
      'has a value of its own in every row, as an id has: if it is one, name it in ignore.',
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
    findings.push(['target_given_away', givenAway(`tells the class ${label} from all others by itself`)]);
  }
  return findings;
}

function ofText(
  { distinct, distinctCapped, allDistinct, isOfOneClassEach, numbers, others }: TextProfile,
  rows: number,
): Finding[] {
  const findings: Finding[] = [];
  // Mostly numbers: a training takes the other cells for mistakes, and the column for no text.
  if (others > 0 && numbers >= others) return [notNumbers(others)];
  if (distinctCapped || distinct > CATEGORIES_MAX) {
    const many = distinctCapped ? `more than ${distinct}` : distinct;
    const says = `has ${many} different texts, and at most ${CATEGORIES_MAX} are taken: name it in ignore.`;
    findings.push(['too_many_categories', says]);
  }
  // Texts that are hardly ever there twice have one class each whatever they say.
  if (isOfOneClassEach && !allDistinct && distinct > 1 && 2 * distinct <= rows) {
    findings.push(['target_given_away', givenAway('has texts that each belong to one class')]);
  }
  return findings;
}

function notNumbers(others: number): Finding {
  return ['not_a_number', `has ${cells(others)} that ${are(others)} no number.`];
}

function givenAway(says: string): string {
  return `${says}: if it is only known once the class is, name it in ignore.`;
}

const cells = (count: number) => (count === 1 ? '1 cell' : `${count} cells`);
const are = (count: number) => (count === 1 ? 'is' : 'are');
