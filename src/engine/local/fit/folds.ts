import { stratifiedFolds } from '../../../data/folds.ts';
import { labelText } from '../../../data/target.ts';
import { quote } from '../../../errors.ts';
import type { Holdout } from '../../../values/holdout.ts';
import type { Plan } from '../../../values/plan.ts';
import { MARKS, partition } from '../blocks/partition.ts';
import type { RowSet } from '../blocks/rowSet.ts';
import { requireValuesIn } from './checkRows.ts';
import { type MarkedRows, trainingOrder } from './markRows.ts';
import { type Prepared, type Rows, rowsOf } from './prepare.ts';

/** The training rows in folds. */
export interface Folds {
  /**
   * Calls `use` for each fold, with its rows as the test rows and all others as the training rows. What `use` takes of the
   * table's memory is given back after each fold.
   * @throws DataError if a column has no value outside of a fold
   */
  each(use: (rows: Parts) => Promise<void>): Promise<void>;
  /** As `each`, once: the training rows of all folds, and the test rows of the table. */
  whole<T>(use: (rows: Parts) => Promise<T>): Promise<T>;
}

interface Parts {
  readonly train: Rows;
  readonly test: Rows;
}

/** Folds that an objective for the threshold needs, if the client does not say how many. */
const THRESHOLD_FOLDS = 5;

/** How many folds a plan needs; 0 for none. */
export function foldsToMake({ evaluation, threshold }: Pick<Plan, 'evaluation' | 'threshold'>): number {
  return evaluation.folds ?? (threshold?.by === 'objective' ? THRESHOLD_FOLDS : 0);
}

/** Fits that a plan comes to. */
export function fitsOf(plan: Plan): number {
  const forThreshold = plan.threshold?.by === 'objective' ? foldsToMake(plan) : 0;
  return plan.candidates.length * (1 + (plan.evaluation.folds ?? 0)) + forThreshold;
}

/** Rows that one candidate is fitted and measured on in all folds of a plan, summed up. */
export function foldRows({ train }: Pick<Prepared, 'train'>, { evaluation: { folds = 0 } }: Plan): number {
  return folds * train.frame.nSamples;
}

/** The fold of each training row, by its place in the table; other rows have any number. @throws as `stratifiedFolds` */
export function assignFolds(
  { dataset, marked }: { readonly dataset: Prepared['dataset']; readonly marked: MarkedRows },
  holdout: Holdout,
  nFolds: number,
): Uint8Array {
  const { codes, classCounts, dtype } = dataset.target;
  const order = trainingOrder(dataset, holdout, marked);
  const nameOf = (code: number) => quote(labelText(classCounts[code]!.label, dtype));
  const inOrder = stratifiedFolds(
    Uint8Array.from(order, (row) => codes[row]!),
    classCounts.length,
    nFolds,
    nameOf,
  );
  const folds = new Uint8Array(codes.length);
  for (let i = 0; i < order.length; i++) folds[order[i]!] = inOrder[i]!;
  return folds;
}

/**
 * Sorts the rows of a prepared table by fold, in place: from then on, nobody can use its training and test rows.
 * @param foldOf as `assignFolds` returns it
 */
export function sortIntoFolds(
  { dataset, workplace, partition: earlier, marked: { marks } }: Prepared,
  foldOf: Uint8Array,
  nFolds: number,
): Folds {
  const { blockRows } = workplace.table;
  const sorted = (values: Uint8Array) =>
    sortBlocks(values, marks, { blockRows, nKeys: Object.keys(MARKS).length });
  const keyOf = (fold: number, row: number) =>
    marks[row] === MARKS.train ? fold : marks[row] === MARKS.test ? nFolds : nFolds + 1;
  const keys = sorted(foldOf.map(keyOf));
  const nKeys = nFolds + 2;
  const rows = partition(workplace, keys, nKeys, earlier);
  const codes = sortBlocks(sorted(dataset.target.codes), keys, { blockRows, nKeys });
  const all = Array.from({ length: nFolds }, (_, fold) => fold);
  const rowsIn = (folds: readonly number[]) => {
    const rowSet = rows.rowSet(folds);
    return rowsOf(dataset, rowSet, gather(codes, rowSet));
  };
  const { scratch } = workplace;
  const borrowing = async <T>(work: () => Promise<T>): Promise<T> => {
    const mark = scratch.mark();
    try {
      return await work();
    } finally {
      scratch.release(mark);
    }
  };
  return {
    each: async (use) => {
      for (const fold of all) {
        await borrowing(async () => {
          const train = rowsIn(all.filter((other) => other !== fold));
          requireValuesIn(dataset, train.frame, fold);
          await use({ train, test: rowsIn([fold]) });
        });
      }
    },
    whole: (use) => borrowing(() => use({ train: rowsIn(all), test: rowsIn([nFolds]) })),
  };
}

interface Blocks {
  readonly blockRows: number;
  readonly nKeys: number;
}

/** Sorts the values of each block by their keys, as `partition` sorts the rows of a table. */
function sortBlocks(values: Uint8Array, keys: Uint8Array, { blockRows, nKeys }: Blocks): Uint8Array {
  const sorted = new Uint8Array(values.length);
  for (let start = 0; start < values.length; start += blockRows) {
    const end = Math.min(start + blockRows, values.length);
    const next = new Uint32Array(nKeys + 1);
    for (let row = start; row < end; row++) next[keys[row]! + 1]!++;
    for (let key = 0; key < nKeys; key++) next[key + 1]! += next[key]!;
    for (let row = start; row < end; row++) sorted[start + next[keys[row]!]!++] = values[row]!;
  }
  return sorted;
}

/** The values of the rows of a set, in its order. */
function gather(values: Uint8Array, { nSamples, spans, workplace }: RowSet): Uint8Array {
  const { blockRows } = workplace.table;
  const gathered = new Uint8Array(nSamples);
  for (const { block, first, rows, before } of spans) {
    const start = block * blockRows + first;
    gathered.set(values.subarray(start, start + rows), before);
  }
  return gathered;
}
