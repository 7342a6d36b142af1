import { quote } from '../../../errors.ts';
import type { ColumnProfile, NumberProfile, TextProfile } from '../../../values/dryRun.ts';
import type { Warning } from '../../../values/warning.ts';

/** From this ROC AUC on, or from its mirror image below 0.5, a column alone separates a class from the others. */
const GIVEN_AWAY_AREA = 0.999;

/**
 * Warnings about a feature that need its profile, before anybody trains with it.
 * @param categoriesMax most different texts that can be encoded
 */
export function columnWarnings(profile: ColumnProfile, rows: number, categoriesMax: number): Warning[] {
  if (profile.role !== 'feature') return [];
  const says = profile.kind === 'number' ? ofNumbers(profile) : ofText(profile, rows, categoriesMax);
  const both = ofAny(profile);
  const column = quote(profile.name);
  return [...both, ...says].map(([code, says]) => ({
    code,
    message: `Column ${column} ${says}`,
    column: profile.name,
  }));
}

/** A code, and what follows the column's name. */
type Finding = readonly [code: string, says: string];

function ofAny({ distinct }: ColumnProfile): Finding[] {
  return distinct === 0 ? [['empty_column', 'has no value in any row: add it to ignore.']] : [];
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
  categoriesMax: number,
): Finding[] {
  const findings: Finding[] = [];
  // A column of mostly numbers is no text for a training: it takes the other cells for mistakes.
  if (others > 0 && numbers >= others) return [notNumbers(others)];
  if (distinctCapped || distinct > categoriesMax) {
    const many = distinctCapped ? `more than ${distinct}` : distinct;
    const says = `has ${many} different texts, and the limit is ${categoriesMax}: add it to ignore.`;
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
