import { parse } from 'node:path';
import { FieldError } from '../errors.ts';
import { makeModelName } from '../ml/trainingPipeline.ts';
import { ctime } from '../python/ctime.ts';
import type { TrackedRun } from '../values/run.ts';
import type { TrainFields } from './fields/table.ts';

/** The names of a training in MLflow. */
export type Names = Pick<TrackedRun, 'experimentName' | 'runName' | 'modelName' | 'registeredModelName'>;

export interface NamesInput {
  readonly given: TrainFields['names'];
  /** The file's name at the client. */
  readonly fileName: string;
  readonly receivedAt: Date;
  /** The service's own name for logged models, instead of the file's. */
  readonly modelName?: string;
}

/** MLflow's database has 256 characters for the name. */
const REGISTERED_NAME_CHARS_MAX = 250;
/** A logged model's name may have 250 characters; this leaves room for what follows the file's. */
const STEM_CHARS_MAX = 200;

/**
 * Fills in the names that the form does not give.
 * @throws FieldError if MLflow would reject the registered model's name, which is made of other names
 */
export function namesOf({ given, fileName, receivedAt, modelName }: NamesInput): Names {
  const { experimentName } = given;
  const runName = given.runName ?? `Train-Run-${ctime(receivedAt)}`;
  const registeredModelName = given.registeredModelName ?? makeModelName(experimentName, runName, receivedAt);
  checkRegisteredName(registeredModelName);
  return {
    experimentName,
    runName,
    modelName: given.modelName ?? modelName ?? `${modelStem(fileName)}-model`,
    registeredModelName,
  };
}

function checkRegisteredName(name: string): void {
  const field = 'registered_model';
  if (name.length > REGISTERED_NAME_CHARS_MAX) {
    throw new FieldError(
      'registered_model_too_long',
      `The registered model's name, made of exp_name, run_name and the time, has ${name.length} characters: give a shorter name in registered_model.`,
      { field, limit: REGISTERED_NAME_CHARS_MAX, actual: name.length },
    );
  }
  // MLflow treats the name as a path, and rejects a path that leads outside, but only after the training.
  if (name.startsWith('..')) {
    throw new FieldError(
      'registered_model_like_path',
      "The registered model's name, made of exp_name, begins with two dots, which MLflow rejects: give another name in registered_model.",
      { field, value: name },
    );
  }
}

/** The file's name without the characters that MLflow rejects in a logged model's name. `data.csv.gz` gives `data`. */
function modelStem(fileName: string): string {
  const stem = parse(fileName.replace(/\.gz$/i, ''))
    .name.replaceAll(/[\s/:.%"'#?\p{Cc}]+/gu, '-')
    .slice(0, STEM_CHARS_MAX);
  return stem === '' ? 'data' : stem;
}
