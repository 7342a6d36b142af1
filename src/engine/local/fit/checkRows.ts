import type { Dataset } from '../../../data/dataset.ts';
import { segmentsOf } from '../../../data/segments.ts';
import type { Table } from '../../../data/table.ts';
import { labelText, type Target } from '../../../data/target.ts';
import { DataError, quote } from '../../../errors.ts';
import type { Frame } from '../../../ml/frame.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { Holdout } from '../../../values/holdout.ts';
import { MARKS } from '../blocks/partition.ts';
import type { MarkedRows } from './markRows.ts';

/** A stratified split needs so many rows of each class. */
const ROWS_TO_STRATIFY = 2;

/** The different codes, ascending. */
function codesIn(codes: Uint8Array): number[] {
  const found = new Uint8Array(256);
  for (let row = 0; row < codes.length; row++) found[codes[row]!] = 1;
  return [...found.keys()].filter((code) => found[code] === 1);
}

/**
 * Checks that the classes can be learned. A class without training rows has no probability, and no log loss.
 * @throws DataError if the training rows have one class only, or the test rows have a class that they lack
 */
export function requireClasses(
  { name, classCounts, dtype }: Target,
  marked: MarkedRows,
  holdout: Holdout,
): void {
  const text = (code: number) => labelText(classCounts[code]?.label as ClassLabel, dtype);
  const others = otherSplits(
    holdout,
    classCounts.every(({ count }) => count >= ROWS_TO_STRATIFY),
  );
  const inTraining = codesIn(marked.trainCodes);
  if (inTraining.length === 1) {
    const only = text(inTraining[0]!);
    throw new DataError(
      'one_class_in_training',
      `All ${marked.split.train} training rows are of the class ${only}: add rows of other classes${others}.`,
      { column: name, value: only },
    );
  }
  const unknown = codesIn(marked.testCodes).find((code) => !inTraining.includes(code));
  if (unknown === undefined) return;
  const isAlone = classCounts[unknown]?.count === 1;
  throw new DataError(
    'class_only_in_test',
    `The class ${quote(text(unknown))} occurs in the test rows only${isAlone ? ', in one row' : ''}, so it cannot be learned: add rows of this class, remove its ${isAlone ? 'row' : 'rows'}${others}.`,
    { column: name, value: text(unknown) },
  );
}

/** How the rows could be split in another way, as the end of a list of remedies. */
function otherSplits(holdout: Holdout, canStratify: boolean): string {
  if (holdout.by === 'column' || holdout.by === 'file') return ', or choose other test rows';
  if (holdout.by === 'last') return ', or set another test_size, or split=random';
  return canStratify
    ? ', or set stratify=true or another random_state'
    : ', or set another random_state or test_size';
}

/**
 * Checks that each column has a value among the training rows: without one there is nothing to fill gaps with.
 * @throws DataError naming the first column without a value
 */
export function requireValues({ table, features }: Dataset, { marks, split }: MarkedRows): void {
  for (const { name, index } of features) {
    // With fewer missing cells than training rows, one of the training rows has a value. That is nearly always so.
    if ((table.columns[index]?.missing ?? 0) < split.train || hasValue(table, index, marks)) continue;
    throw new DataError(
      'empty_column',
      `Column ${quote(name)} has no value in any training row, so there is nothing to fill it with: add the column to ignore, or set another random_state.`,
      { column: name },
    );
  }
}

/** As `requireValues`, for the rows outside of a fold. */
export function requireValuesIn(
  { table, features }: Dataset,
  { columns, nSamples }: Frame,
  fold: number,
): void {
  const empty = features.find(
    ({ index }, place) =>
      (table.columns[index]?.missing ?? 0) >= nSamples && columns[place]!.nMissing === nSamples,
  );
  if (empty === undefined) return;
  throw new DataError(
    'empty_column',
    `Column ${quote(empty.name)} has no value in any row outside of fold ${fold}, so there is nothing to fill it with: add the column to ignore, or choose a smaller cv.`,
    { field: 'cv', column: empty.name },
  );
}

function hasValue(table: Table, index: number, marks: Uint8Array): boolean {
  for (const { firstRow, cells, missing } of segmentsOf(table, index)) {
    for (let i = 0; i < cells.length; i++) {
      const isMissing = cells[i] === missing || Number.isNaN(cells[i]);
      if (!isMissing && marks[firstRow + i] === MARKS.train) return true;
    }
  }
  return false;
}
