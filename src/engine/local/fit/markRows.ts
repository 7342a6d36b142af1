import type { Dataset } from '../../../data/dataset.ts';
import { rowPlace } from '../../../data/places.ts';
import { lastRowsOf, type SplitOptions, testRowsOf, trainTestSplit } from '../../../data/split.ts';
import { isTestRow } from '../../../data/splitColumn.ts';
import type { Target } from '../../../data/target.ts';
import { DataError } from '../../../errors.ts';
import type { SplitInfo } from '../../../values/dataset.ts';
import type { Holdout, RandomSplit } from '../../../values/holdout.ts';
import { MARKS } from '../blocks/partition.ts';

export interface MarkedRows {
  /** One of `MARKS` for each row of the table. */
  readonly marks: Uint8Array;
  readonly split: SplitInfo;
  /** For each row of a part, in the order of the file, its place among the classes. */
  readonly trainCodes: Uint8Array;
  readonly testCodes: Uint8Array;
}

/**
 * Marks the test rows, and those that are left out.
 * @throws DataError or FieldError as `testRowsOf`, `lastRowsOf` and `isTestRow`
 */
export function markRows(dataset: Dataset, holdout: Holdout): MarkedRows {
  const { target, dropped, table } = dataset;
  const marks = new Uint8Array(table.rows);
  if (dropped !== undefined) {
    for (let row = 0; row < marks.length; row++) if (dropped[row] === 1) marks[row] = MARKS.dropped;
  }
  const nTest = markTest(dataset, holdout, marks);
  const split = { train: dataset.rows - nTest, test: nTest };
  return { marks, split, ...codesBySide(target, marks, split) };
}

/**
 * The training rows, by their places in the table, in the order in which scikit-learn has them after the split. The folds of
 * a cross-validation depend on the order.
 */
export function trainingOrder(dataset: Dataset, holdout: Holdout, { marks, split }: MarkedRows): Uint32Array {
  if (holdout.by === 'random') {
    const kept = keptRows(dataset);
    const { train } = trainTestSplit(dataset.rows, randomOptions(dataset, holdout, kept));
    return kept === undefined ? train : train.map((place) => kept[place]!);
  }
  const order = new Uint32Array(split.train);
  let place = 0;
  for (let row = 0; row < marks.length; row++) if (marks[row] === MARKS.train) order[place++] = row;
  return order;
}

/** @returns the number of test rows */
function markTest(dataset: Dataset, holdout: Holdout, marks: Uint8Array): number {
  if (holdout.by === 'column' || holdout.by === 'file') {
    const { testFrom = marks.length } = dataset;
    const isTest =
      holdout.by === 'file' ? (row: number) => row >= testFrom : isTestRow(dataset, holdout.column);
    let nTest = 0;
    for (let row = 0; row < marks.length; row++) {
      if (marks[row] === MARKS.dropped || !isTest(row)) continue;
      marks[row] = MARKS.test;
      nTest++;
    }
    return nTest;
  }
  const kept = keptRows(dataset);
  const test =
    holdout.by === 'last' ? lastRowsOf(dataset.rows, holdout.testSize) : drawTestRows(dataset, holdout, kept);
  for (let i = 0; i < test.length; i++) {
    const place = test[i]!;
    marks[kept === undefined ? place : kept[place]!] = MARKS.test;
  }
  return test.length;
}

/** Draws among the rows that are kept. An error names the row of the file, not its place among the kept rows. */
function drawTestRows(dataset: Dataset, split: RandomSplit, kept: Uint32Array | undefined): Uint32Array {
  try {
    return testRowsOf(dataset.rows, randomOptions(dataset, split, kept)).test;
  } catch (error) {
    if (!(error instanceof DataError) || error.details.row === undefined) throw error;
    const place = error.details.row - 1;
    const row = kept === undefined ? place : kept[place]!;
    throw new DataError(error.code, error.message, {
      ...error.details,
      ...rowPlace(row, dataset.table.lines),
    });
  }
}

function randomOptions(
  { target }: Dataset,
  { testSize, randomState, stratify }: RandomSplit,
  kept: Uint32Array | undefined,
): SplitOptions {
  return { testSize, randomState, ...(stratify && { stratify: keptCodes(target, kept) }) };
}

/** For each kept row, in order, its row in the file; undefined if all are kept. */
function keptRows({ dropped, rows }: Dataset): Uint32Array | undefined {
  if (dropped === undefined) return undefined;
  const kept = new Uint32Array(rows);
  let place = 0;
  for (let row = 0; row < dropped.length; row++) {
    if (dropped[row] === 1) continue;
    kept[place] = row;
    place++;
  }
  return kept;
}

/** For each kept row its place among the classes, which a stratified split counts. */
function keptCodes({ codes }: Target, kept: Uint32Array | undefined): Int32Array {
  return kept === undefined ? Int32Array.from(codes) : Int32Array.from(kept, (row) => codes[row]!);
}

function codesBySide({ codes }: Target, marks: Uint8Array, { train: nTrain, test: nTest }: SplitInfo) {
  // Each code is written to both arrays, and stays only where the place then moves on. That avoids a branch on the marks,
  // which are as random as the split: 0 for training rows, 1 for test rows, 2 for others. Hence one more element.
  const ofTrain = new Uint8Array(nTrain + 1);
  const ofTest = new Uint8Array(nTest + 1);
  let train = 0;
  let test = 0;
  for (let row = 0; row < marks.length; row++) {
    const mark = marks[row]!;
    const code = codes[row]!;
    ofTrain[train] = code;
    ofTest[test] = code;
    train += (mark - 1) >>> 31;
    test += mark & 1;
  }
  return { trainCodes: ofTrain.subarray(0, nTrain), testCodes: ofTest.subarray(0, nTest) };
}
