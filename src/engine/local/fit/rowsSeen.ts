import { isDeepStrictEqual } from 'node:util';
import type { Dataset } from '../../../data/dataset.ts';
import { DataError, FieldError } from '../../../errors.ts';
import type { ModelDescription } from '../../../values/loadedModel.ts';
import type { Plan } from '../../../values/plan.ts';
import { MARKS } from '../blocks/partition.ts';
import { type MarkedRows, markRows } from './markRows.ts';

/**
 * Counts the test rows that an earlier model was trained on, if it was trained on the same file: its training rows are chosen
 * once more. Call it before the rows are sorted.
 * @returns undefined if that is not known
 */
export function countRowsSeen(
  { trained, target, features }: ModelDescription,
  dataset: Dataset,
  { marks }: MarkedRows,
  { data, evaluation }: Pick<Plan, 'data' | 'evaluation'>,
): number | undefined {
  const { holdout } = trained;
  const isOfFile = trained.digest === dataset.table.digest && target.name === dataset.target.name;
  if (holdout === undefined || !isOfFile || dataset.testFrom !== undefined) return undefined;
  const names = dataset.features.map(({ name }) => name);
  // With other features, other rows may have been left out.
  if (
    data.missing === 'drop' &&
    !isDeepStrictEqual(
      names,
      features.map(({ name }) => name),
    )
  )
    return undefined;
  const theirs = isDeepStrictEqual(holdout, evaluation.holdout) ? marks : marksOf(dataset, holdout);
  if (theirs === undefined) return undefined;
  let [nTrain, nTest, nSeen] = [0, 0, 0];
  for (let row = 0; row < marks.length; row++) {
    if (theirs[row] === MARKS.test) nTest++;
    else if (theirs[row] === MARKS.train) {
      nTrain++;
      if (marks[row] === MARKS.test) nSeen++;
    }
  }
  // Other numbers of rows mean that the model was trained without other rows than those that are left out here.
  const isAlike = nTrain === trained.trainRows && (holdout.by === 'file' || nTest === trained.testRows);
  return isAlike ? nSeen : undefined;
}

/** Undefined if the rows do not allow such a split. */
function marksOf(dataset: Dataset, holdout: NonNullable<ModelDescription['trained']['holdout']>) {
  try {
    return markRows(dataset, holdout).marks;
  } catch (error) {
    if (error instanceof DataError || error instanceof FieldError) return undefined;
    throw error;
  }
}
