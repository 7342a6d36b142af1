import type { Engine, Source } from '../engine/engine.ts';
import type { Watch } from '../engine/watch.ts';
import { TrainpostError, toData } from '../errors.ts';
import type { Brief } from '../values/brief.ts';
import type { Accepted, Kept } from '../values/delivery.ts';
import type { DryRun } from '../values/dryRun.ts';
import type { GateReport } from '../values/gate.ts';
import type { Plan } from '../values/plan.ts';
import type { Reproduction } from '../values/reproduction.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { SignatureKind, TrackedRun } from '../values/run.ts';
import { trainBrief } from './brief.ts';
import type { ChampionPort } from './championPort.ts';
import type { DeliveryPort } from './deliveryPort.ts';
import { describeRun, partsOf } from './describeRun.ts';
import type { TrainFields } from './fields/table.ts';
import { planOf } from './fields/use.ts';
import { gateReport, gatesOf, gateWarnings, lastChampion, withChampion } from './gates.ts';
import { type Names, namesOf } from './names.ts';
import { reproductionOf, withOriginal } from './reproduce.ts';
import type { ReproductionPort } from './reproductionPort.ts';
import { runAgainst } from './runAgainst.ts';
import type { UnderWay } from './underWay.ts';

/** Files that stay on disk until their training is accepted. */
interface PostedFiles extends Source {
  /** Removes the files and releases their memory. May be called again. */
  release(): Promise<void>;
}

export interface TrainRequest {
  /** The id of the job, which its record gets too: a UUID in lower case. */
  readonly id: string;
  /** Tells how far the training has come, and cancels it until it is accepted. */
  readonly watch: Watch;
  readonly fields: TrainFields;
  readonly source: PostedFiles;
  /** The training file's name at the client. */
  readonly fileName: string;
  /** The test file's name at the client, if there is one. */
  readonly testFileName?: string;
  readonly receivedAt: Date;
}

/** Makes what is kept with a training, once its result is known. */
export type Keep = (result: Result, run: TrackedRun, found: Found) => Kept;

/** What is known of a training beside its result. */
interface Found {
  readonly plan: Plan;
  /** What came of the gates, if there are any. */
  readonly gate?: GateReport;
  /** The comparison with the run that the training reproduces, if it reproduces one. */
  readonly reproduction?: Reproduction;
  readonly brief: Brief;
}

/** The parts of the service that do and keep the work; the composition root provides them. */
export interface TrainingRooms {
  readonly engine: Engine;
  readonly deliveries: DeliveryPort;
  /** The service's own name for logged models, instead of the file's. */
  readonly modelName?: string;
  /** Most candidates of a sweep. */
  readonly sweepMax: number;
  /** The service's own default for the field `signature`; `inferred` without it. */
  readonly signature?: SignatureKind;
  /** Without it, there is never a champion. */
  readonly champions?: ChampionPort;
  /** Without it, there is no run to reproduce. */
  readonly originals?: ReproductionPort;
  readonly underWay: UnderWay;
}

export interface Trained {
  readonly result: Result;
  readonly run: TrackedRun;
  readonly kept: Kept;
  readonly accepted: Accepted;
}

/**
 * Trains, and hands in the run with its metrics and its model for delivery to MLflow. Once accepted, the training survives
 * any crash. `accepted.logged` resolves when MLflow has the whole run.
 * @throws UnavailableError or StorageError if the training cannot be accepted, TrackingRefusedError if its experiment
 * takes no runs
 */
export function train(request: TrainRequest, rooms: TrainingRooms, keep: Keep): Promise<Trained> {
  return rooms.underWay.track(trainAndAccept(request, rooms, keep));
}

async function trainAndAccept(posted: TrainRequest, rooms: TrainingRooms, keep: Keep): Promise<Trained> {
  const { fields, original } = await withOriginal(posted.fields, rooms.originals);
  const request = { ...posted, fields };
  const { source } = request;
  const plan = await planOf(fields, rooms.sweepMax);
  const wanted = await gatesOf(fields, plan.metrics);
  rooms.engine.check(plan);
  const names = namesFor(request, rooms);
  const guess = lastChampion(wanted, fields.names, rooms.champions);
  const asked = withChampion(wanted, fields.names, rooms.champions);
  // The training may be rejected before the answer is there.
  asked.catch(() => undefined);
  await rooms.deliveries.checkRoom();
  await rooms.deliveries.checkExperiment(names.experimentName);
  const contest = { engine: rooms.engine, source, plan, asked, guess, watch: posted.watch };
  const { found, gates } = await rooms.underWay.computed(runAgainst(contest));
  const { champion } = gates;
  // Gates are looked at before the record is accepted: nothing can move the alias later.
  const gate = gateReport(found, gates);
  const ofGates = gateWarnings(gate, gates, found, partsOf({ ...request, result: found }));
  const result = { ...found, warnings: [...found.warnings, ...ofGates] };
  const ours = rooms.signature === undefined ? {} : { signature: rooms.signature };
  const run = describeRun({ ...request, names, plan, result, ...ours, ...(gate && { gate }) });
  const kept = keep(result, run, {
    plan,
    ...(gate && { gate }),
    ...(original && { reproduction: reproductionOf(original, result) }),
    brief: trainBrief({ ...request, result, run, ...(champion && { champion }) }),
  });
  // From here on the training is not cancelled any more.
  posted.watch.enter('logging');
  const accepted = await rooms.deliveries.accept(chosenOf(result).pipeline, run, kept, posted.id);
  return { result, run, kept, accepted };
}

/** Looks at the fields alone, before a training that is done later is taken. @throws as `train` does because of them */
export async function checkTraining(
  request: Pick<TrainRequest, 'fields' | 'fileName' | 'receivedAt'>,
  rooms: TrainingRooms,
): Promise<void> {
  const { fields } = request;
  // The run to reproduce gives the settings, and MLflow may not answer now.
  if (fields.mode.reproduce !== undefined) return;
  const plan = await planOf(fields, rooms.sweepMax);
  await gatesOf(fields, plan.metrics);
  rooms.engine.check(plan);
  namesFor(request, rooms);
}

/** Reports how `train` would end, without fitting or logging anything. It needs no MLflow. */
export function dryRun(request: TrainRequest, rooms: TrainingRooms): Promise<DryRun> {
  return rooms.underWay.track(inspect(request, rooms));
}

async function inspect(asked: TrainRequest, rooms: TrainingRooms): Promise<DryRun> {
  const { fields } = await withOriginal(asked.fields, rooms.originals);
  const request = { ...asked, fields };
  const nameProblem = problemOf(() => namesFor(request, rooms));
  const plan = await planOf(request.fields, rooms.sweepMax);
  await gatesOf(request.fields, plan.metrics);
  rooms.engine.check(plan);
  const report = await rooms.underWay.computed(rooms.engine.inspect(request.source, plan, asked.watch));
  return nameProblem === undefined ? report : { ...report, problem: nameProblem };
}

/** The error of a step, as plain data; undefined if the step succeeds. */
function problemOf(step: () => unknown): DryRun['problem'] {
  try {
    step();
    return undefined;
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    return toData(error);
  }
}

function namesFor(
  { fields, fileName, receivedAt }: Pick<TrainRequest, 'fields' | 'fileName' | 'receivedAt'>,
  { modelName }: TrainingRooms,
): Names {
  const ours = modelName === undefined ? {} : { modelName };
  return namesOf({ given: fields.names, fileName, receivedAt, ...ours });
}
