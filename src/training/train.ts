import { parse } from 'node:path';
import type { FitSpec, Fitted } from '../engine/local/fit/fit.ts';
import type { Reading } from '../engine/local/reading/reading.ts';
import { FieldError, TrainpostError, toData } from '../errors.ts';
import { makeModelName } from '../ml/trainingPipeline.ts';
import { ctime } from '../python/ctime.ts';
import type { Accepted, Kept } from '../values/delivery.ts';
import type { DryRun } from '../values/dryRun.ts';
import type { SolverName } from '../values/pipelineState.ts';
import type { Missing } from '../values/plan.ts';
import type { TrackedRun } from '../values/run.ts';
import type { DeliveryPort } from './deliveryPort.ts';
import type { UnderWay } from './underWay.ts';

export type { Fitted, Reading };

/** The fields of a training as they were checked, defaults filled in. */
export interface TrainFields {
  readonly C: number;
  readonly maxIter: number;
  readonly experimentName: string;
  readonly target?: string;
  readonly positive?: string;
  readonly ignore: readonly string[];
  readonly testSize: number;
  readonly randomState: number;
  readonly stratify: boolean;
  readonly solver: SolverName;
  readonly solverTol: number;
  readonly classWeight: 'balanced' | null;
  readonly missing: Missing;
  /** The file is looked at, and nothing is trained or logged. */
  readonly dryRun: boolean;
  readonly runName?: string;
  readonly modelName?: string;
  readonly registeredModelName?: string;
  readonly alias?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface TrainRequest {
  readonly fields: TrainFields;
  /** The file as it was read while it came. */
  readonly reading: Reading;
  /** The upload on disk. */
  readonly path: string;
  /** The name it had at the caller's. */
  readonly fileName: string;
  readonly receivedAt: Date;
}

/** Says what is to be kept with a training, once it is known what came out. */
export type Keep = (fitted: Fitted, run: TrackedRun) => Kept;

/** Where the work is done and kept; the composition root gives them. */
export interface TrainingRooms {
  /** Begins to read a file while it comes; whoever asks must `release` it in the end. */
  openReading(): Reading;
  fit(reading: Reading, path: string, spec: FitSpec): Promise<Fitted>;
  /** What a fit would come to. */
  dryRun(reading: Reading, path: string, spec: FitSpec): Promise<DryRun>;
  readonly deliveries: DeliveryPort;
  /** Name of a logged model where the form gives none, instead of the file's. */
  readonly modelName?: string;
  readonly underWay: UnderWay;
}

type Names = Pick<TrackedRun, 'experimentName' | 'runName' | 'modelName' | 'registeredModelName'>;

/** A column of 256 characters in MLflow's database. */
const REGISTERED_NAME_CHARS_MAX = 250;

export interface Trained {
  readonly fitted: Fitted;
  readonly run: TrackedRun;
  readonly kept: Kept;
  readonly accepted: Accepted;
}

/**
 * Fits on a thread, then has the run, its metrics and its model accepted for MLflow. Once accepted, the training
 * survives any crash. `accepted.logged` resolves when the run is FINISHED in MLflow.
 * @throws UnavailableError or StorageError if the training cannot be accepted
 */
export function train(request: TrainRequest, rooms: TrainingRooms, keep: Keep): Promise<Trained> {
  return rooms.underWay.track(fitAndAccept(request, rooms, keep));
}

async function fitAndAccept(request: TrainRequest, rooms: TrainingRooms, keep: Keep): Promise<Trained> {
  const names = namesOf(request, rooms.modelName);
  await rooms.deliveries.checkRoom();
  const { reading, path, fields } = request;
  const fitted = await rooms.underWay.computed(rooms.fit(reading, path, toFitSpec(fields)));
  const run = describeRun(request, fitted, names);
  const kept = keep(fitted, run);
  const accepted = await rooms.deliveries.accept(fitted.pipeline, run, kept);
  return { fitted, run, kept, accepted };
}

/** Says what `train` would come to, without fitting or logging anything: it asks for no MLflow. */
export function dryRun(request: TrainRequest, rooms: TrainingRooms): Promise<DryRun> {
  return rooms.underWay.track(report(request, rooms));
}

async function report(request: TrainRequest, rooms: TrainingRooms): Promise<DryRun> {
  const nameProblem = problemOf(() => namesOf(request, rooms.modelName));
  const { reading, path, fields } = request;
  const ofFile = await rooms.underWay.computed(rooms.dryRun(reading, path, toFitSpec(fields)));
  return nameProblem === undefined ? ofFile : { ...ofFile, problem: nameProblem };
}

/** The error that a step ends with, as data. */
function problemOf(step: () => unknown): DryRun['problem'] {
  try {
    step();
    return undefined;
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    return toData(error);
  }
}

function toFitSpec(fields: TrainFields): FitSpec {
  return {
    ...(fields.target !== undefined && { target: fields.target }),
    ...(fields.positive !== undefined && { positive: fields.positive }),
    ignore: fields.ignore,
    testSize: fields.testSize,
    randomState: fields.randomState,
    stratify: fields.stratify,
    missing: fields.missing,
    model: {
      C: fields.C,
      maxIter: fields.maxIter,
      solver: fields.solver,
      tol: fields.solverTol,
      classWeight: fields.classWeight,
    },
  };
}

/** @throws FieldError where the registered model's name, which is made of other names, gets too long for MLflow */
function namesOf({ fields, fileName, receivedAt }: TrainRequest, modelName: string | undefined): Names {
  const { experimentName } = fields;
  const runName = fields.runName ?? `Train-Run-${ctime(receivedAt)}`;
  const registeredModelName =
    fields.registeredModelName ?? makeModelName(experimentName, runName, receivedAt);
  if (registeredModelName.length > REGISTERED_NAME_CHARS_MAX) {
    throw new FieldError(
      'registered_model_too_long',
      `The registered model's name is made of exp_name, run_name and the time, and gets ${registeredModelName.length} characters: give a shorter one in registered_model.`,
      { field: 'registered_model', limit: REGISTERED_NAME_CHARS_MAX, actual: registeredModelName.length },
    );
  }
  // MLflow takes it for a path, and refuses one that leads out; it would do so when all is computed.
  if (registeredModelName.startsWith('..')) {
    throw new FieldError(
      'registered_model_like_path',
      "The registered model's name is made of exp_name, and may not begin with two points: give another one in registered_model.",
      { field: 'registered_model', value: registeredModelName },
    );
  }
  return {
    experimentName,
    runName,
    modelName: fields.modelName ?? modelName ?? `${modelStem(fileName)}-model`,
    registeredModelName,
  };
}

function describeRun(
  { fields, fileName, receivedAt }: TrainRequest,
  fitted: Fitted,
  names: Names,
): TrackedRun {
  return {
    ...names,
    ...(fields.alias !== undefined && { alias: fields.alias }),
    tags: fields.tags,
    fileName,
    startTimeMs: receivedAt.getTime(),
    dataset: fitted.dataset,
    inputExample: fitted.inputExample,
    rounded: fitted.rounded,
    training: fitted.training,
    test: fitted.test,
    extraParams: {
      target: fitted.dataset.target,
      test_size: String(fields.testSize),
      random_state: String(fields.randomState),
      stratify: fields.stratify ? 'True' : 'False',
    },
  };
}

/** MLflow refuses these characters in a logged model's name; a file's name may have them. `data.csv.gz` is `data`. */
function modelStem(fileName: string): string {
  const stem = parse(fileName.replace(/\.gz$/i, ''))
    .name.replaceAll(/[\s/:.%"'#?\p{Cc}]+/gu, '-')
    .slice(0, 200);
  return stem === '' ? 'data' : stem;
}
