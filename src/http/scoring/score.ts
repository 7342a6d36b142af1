import type { ServerResponse } from 'node:http';
import type { Prediction, ReadyModel } from '../../models/port.ts';
import type { ClassLabel } from '../../values/dataset.ts';
import type { ModelDescription } from '../../values/loadedModel.ts';

/** Says how old the alias is, in seconds like `Age`, while MLflow does not answer. */
const MODEL_AGE = 'Trainpost-Model-Age';
const MS_PER_S = 1_000;

/** Tells the client that the alias may have moved since it was last asked for. */
export function tellAge({ aliasAgeMs }: Pick<ReadyModel, 'aliasAgeMs'>, response: ServerResponse): void {
  if (aliasAgeMs !== undefined) response.setHeader(MODEL_AGE, String(Math.round(aliasAgeMs / MS_PER_S)));
}

/** The probabilities as rows. */
export function probabilityRows({ probabilities }: Prediction, rows: number): number[][] {
  const classes = rows === 0 ? 0 : probabilities.length / rows;
  return Array.from({ length: rows }, (_, row) => [
    ...probabilities.subarray(row * classes, (row + 1) * classes),
  ]);
}

/** A label as JSON has it: a boolean target's classes are false and true. */
export function jsonLabel({ target }: ModelDescription): (label: ClassLabel) => ClassLabel | boolean {
  return target.dtype === 'bool' ? (label) => label === 1 : (label) => label;
}
