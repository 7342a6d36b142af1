import type { ClassLabel } from '../values/dataset.ts';
import type { ClassRocAuc, ColumnRole, NumberProfile, TextProfile } from '../values/dryRun.ts';
import { cramersV, crossTable, rocAucByClass } from './association.ts';
import { countBins } from './bins.ts';
import type { SummaryScratch } from './orderStatistics.ts';
import { areAllDistinct, DISTINCT_MAX, summarize } from './summary.ts';
import type { NumberColumn, TextColumn } from './table.ts';
import { TABLE_LIMITS } from './tableLimits.ts';

/** The target's classes, for comparison with a feature. */
export interface Classes {
  readonly labels: readonly ClassLabel[];
  /** Each row's index in `labels`, below 0 if it has no class. */
  readonly codes: ArrayLike<number>;
  /** With two classes, the class of the ROC curves. Default: the larger label. */
  readonly positive?: ClassLabel;
}

/** Most frequent values listed for a text column. */
const FREQUENT_MAX = 10;

/**
 * Profiles a column of numbers.
 * @param values NaN for a cell that is missing or not a number
 * @param classes only for a feature
 */
export function profileNumbers(
  { name, type, missing, others }: NumberColumn,
  role: ColumnRole,
  values: Float64Array,
  scratch: SummaryScratch,
  classes?: Classes,
): NumberProfile {
  const { count: _, missing: __, distinct, ...statistics } = summarize(values, scratch);
  const rocAuc = classes && farthestRocAuc(values, classes);
  return {
    kind: 'number',
    name,
    role,
    type,
    missing,
    others,
    distinct: Math.min(distinct, DISTINCT_MAX),
    distinctCapped: distinct > DISTINCT_MAX,
    allDistinct: type === 'long' && isAllDistinct(values, distinct, scratch),
    ...statistics,
    bins: countBins(values, statistics),
    ...(rocAuc && { rocAuc }),
  };
}

function isAllDistinct(values: Float64Array, distinct: number, scratch: SummaryScratch): boolean {
  return distinct > DISTINCT_MAX ? areAllDistinct(values, scratch) : distinct === values.length;
}

/** Returns the area of `positive` for two classes, else the area of the class that the column separates best. */
function farthestRocAuc(values: Float64Array, { labels, codes, positive }: Classes): ClassRocAuc | undefined {
  const areas = rocAucByClass(values, codes, labels.length).map((area, k) => ({ label: labels[k]!, area }));
  const defined = areas.filter(({ area }) => !Number.isNaN(area));
  if (labels.length === 2) return defined.find(({ label }) => label === (positive ?? labels[1]));
  const distance = ({ area }: ClassRocAuc) => Math.abs(area - 0.5);
  return defined.sort((a, b) => distance(b) - distance(a))[0];
}

/**
 * Profiles a column of text.
 * @param values each cell's index in the column's texts, below 0 if the cell is missing or its text was not kept
 * @param classes only for a feature
 * @param categoriesMax most different texts that can be encoded
 */
export async function profileTexts(
  { name, missing, texts, overflowed, numbers, others }: TextColumn,
  role: ColumnRole,
  values: ArrayLike<number>,
  classes?: Classes,
  categoriesMax = TABLE_LIMITS.categories,
): Promise<TextProfile> {
  const counts = new Uint32Array(texts.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value >= 0) counts[value]!++;
  }
  // The sort is stable, so the first of equally frequent texts stays first.
  const order = [...texts.keys()].sort((a, b) => counts[b]! - counts[a]!);
  const association = classes && !overflowed && (await compare(texts.length, values, classes, categoriesMax));
  return {
    kind: 'text',
    type: 'string',
    name,
    role,
    missing,
    numbers,
    others,
    distinct: texts.length,
    distinctCapped: overflowed,
    allDistinct: missing === 0 && counts.every((count) => count === 1),
    mostFrequent: order.slice(0, FREQUENT_MAX).map((k) => ({ value: texts[k]!, rows: counts[k]! })),
    ...association,
  };
}

async function compare(
  nTexts: number,
  values: ArrayLike<number>,
  { labels, codes }: Classes,
  categoriesMax: number,
) {
  const table = crossTable(values, nTexts, codes, labels.length);
  const isOfOneClassEach = table.every((counts) => counts.filter((count) => count > 0).length <= 1);
  return nTexts > categoriesMax
    ? { isOfOneClassEach }
    : { isOfOneClassEach, cramersV: await cramersV(table) };
}
