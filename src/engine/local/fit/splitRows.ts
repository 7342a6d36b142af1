import type { Dataset } from '../../../data/dataset.ts';
import { rowPlace } from '../../../data/places.ts';
import { indexByText } from '../../../data/roles.ts';
import { segmentsOf } from '../../../data/segments.ts';
import { type SplitOptions, testRowsOf } from '../../../data/split.ts';
import type { Table } from '../../../data/table.ts';
import { labelText, type Target } from '../../../data/target.ts';
import { DataError, FieldError, quote } from '../../../errors.ts';
import type { ClassLabel, SplitInfo } from '../../../values/dataset.ts';
import type { SplitSpec } from '../../../values/plan.ts';
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
 * Marks the rows that `train_test_split` puts in the test set, and those that are left out.
 * @throws DataError or FieldError as `testRowsOf`
 */
export function markRows(dataset: Dataset, { testSize, randomState, stratify }: SplitSpec): MarkedRows {
  const { target, dropped, table } = dataset;
  const kept = dropped === undefined ? undefined : keptRows(dropped, dataset.rows);
  const options = {
    testSize,
    randomState,
    ...(stratify && { stratify: keptCodes(target, kept) }),
  };
  const { test, nTrain } = splitKept(dataset.rows, options, { kept, lines: table.lines });
  const marks = new Uint8Array(table.rows);
  if (dropped !== undefined) {
    for (let row = 0; row < marks.length; row++) if (dropped[row] === 1) marks[row] = MARKS.dropped;
  }
  for (let i = 0; i < test.length; i++) {
    const place = test[i]!;
    marks[kept === undefined ? place : kept[place]!] = MARKS.test;
  }
  return {
    marks,
    split: { train: nTrain, test: test.length },
    ...codesBySide(target, marks, nTrain, test.length),
  };
}

/** Splits the rows that are kept. An error names the row of the file, not its place among the kept rows. */
function splitKept(
  rows: number,
  options: SplitOptions,
  { kept, lines }: { readonly kept: Uint32Array | undefined; readonly lines: Table['lines'] },
) {
  try {
    return testRowsOf(rows, options);
  } catch (error) {
    if (!(error instanceof DataError) || error.details.row === undefined) throw error;
    const place = error.details.row - 1;
    const row = kept === undefined ? place : kept[place]!;
    throw new DataError(error.code, error.message, { ...error.details, ...rowPlace(row, lines) });
  }
}

/** For each kept row, in order, its row in the file. */
function keptRows(dropped: Uint8Array, count: number): Uint32Array {
  const kept = new Uint32Array(count);
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

function codesBySide({ codes }: Target, marks: Uint8Array, nTrain: number, nTest: number) {
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
export function requireClasses({ name, classCounts, dtype }: Target, marked: MarkedRows): void {
  const text = (code: number) => labelText(classCounts[code]?.label as ClassLabel, dtype);
  // A stratified split needs two rows of each class.
  const canStratify = classCounts.every(({ count }) => count > 1);
  const inTraining = codesIn(marked.trainCodes);
  if (inTraining.length === 1) {
    const only = text(inTraining[0]!);
    const advice = canStratify
      ? 'set stratify=true, another random_state, or a smaller test_size'
      : 'add rows of other classes, or set another random_state or a smaller test_size';
    throw new DataError(
      'one_class_in_training',
      `All ${marked.split.train} training rows are of the class ${only}: ${advice}.`,
      { column: name, value: only },
    );
  }
  const unknown = codesIn(marked.testCodes).find((code) => !inTraining.includes(code));
  if (unknown === undefined) return;
  const rows = classCounts[unknown]?.count;
  const advice = canStratify
    ? 'set stratify=true or another random_state, or remove its rows'
    : rows === 1
      ? 'add rows of this class, remove its row, or set another random_state'
      : 'set another random_state, or remove its rows';
  throw new DataError(
    'class_only_in_test',
    `The class ${quote(text(unknown))} occurs in the test rows only${rows === 1 ? ', in one row' : ''}, so it cannot be learned: ${advice}.`,
    { column: name, value: text(unknown) },
  );
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

function hasValue(table: Table, index: number, marks: Uint8Array): boolean {
  for (const { firstRow, cells, missing } of segmentsOf(table, index)) {
    for (let i = 0; i < cells.length; i++) {
      const isMissing = cells[i] === missing || Number.isNaN(cells[i]);
      if (!isMissing && marks[firstRow + i] === MARKS.train) return true;
    }
  }
  return false;
}

/** Python's truth values are numbers: `True == 1`. */
const PYTHON_TRUTH: ReadonlyMap<string, number> = new Map([
  ['True', 1],
  ['False', 0],
]);

// A file may write booleans as True, TRUE or true, and so may a client.
const lowerCase = (text: string) => text.toLowerCase();
const lowerCaseIf = (dtype: Target['dtype'], text: string) => (dtype === 'bool' ? lowerCase(text) : text);

/**
 * Finds the positive label, which precision, recall, F1 and ROC AUC refer to.
 * @throws FieldError if the target has no such label, or more than two labels
 */
export function findPositive(
  { name, classCounts, dtype }: Target,
  wanted: string | undefined,
): ClassLabel | undefined {
  const labels = classCounts.map(({ label }) => label);
  // Python prints a value that is not given as None.
  if (wanted === undefined || (wanted === 'None' && !labels.includes('None'))) return undefined;
  const allowed = labels.map((label) => labelText(label, dtype));
  const details = { field: 'positive', value: wanted, allowed };
  if (labels.length > 2) {
    throw new FieldError(
      'positive_of_many',
      `positive needs a target with two classes, and ${quote(name)} has ${labels.length}: remove the field.`,
      details,
    );
  }
  const found = indexByText(dtype === 'bool' ? allowed.map(lowerCase) : allowed, lowerCaseIf(dtype, wanted));
  const number = PYTHON_TRUTH.get(wanted) ?? (wanted.trim() === '' ? Number.NaN : Number(wanted));
  const label = labels[found] ?? labels.find((one) => one === number);
  if (label === undefined) {
    throw new FieldError(
      'unknown_positive',
      `positive is ${quote(wanted)}, but ${quote(name)} holds ${allowed.map((text) => quote(text)).join(' and ')}.`,
      details,
    );
  }
  return label;
}
