import { NO_CLASS, type Target } from '../../src/data/target.ts';
import { TrainpostError } from '../../src/errors.ts';

/** How many classes a target has, or how it is refused. */
export function verdictOf(read: () => Target) {
  try {
    return { classes: read().classCounts.length };
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    return { name: error.name, code: error.code, details: error.details, message: error.message };
  }
}

/** Each row's label; undefined where it has no class. */
export function labelsOf({ codes, classCounts }: Target) {
  return [...codes].map((code) => (code === NO_CLASS ? undefined : classCounts[code]?.label));
}

/** The classes in their order, each with its rows. */
export function classesOf({ classCounts }: Target) {
  return classCounts.map(({ label, count }) => [label, count]);
}
