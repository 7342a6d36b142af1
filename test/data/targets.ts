import { NO_CLASS, type Target } from '../../src/data/target.ts';
import { TrainpostError } from '../../src/errors.ts';

/** The number of classes of a target, or its error. */
export function verdictOf(read: () => Target) {
  try {
    return { classes: read().classCounts.length };
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    return { name: error.name, code: error.code, details: error.details, message: error.message };
  }
}

/** Each row's label, undefined if it has no class. */
export function labelsOf({ codes, classCounts }: Target) {
  return [...codes].map((code) => (code === NO_CLASS ? undefined : classCounts[code]?.label));
}

/** The classes in order, each with its row count. */
export function classesOf({ classCounts }: Target) {
  return classCounts.map(({ label, count }) => [label, count]);
}
