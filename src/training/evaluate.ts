import type { FileSource } from '../engine/engine.ts';
import type { Watch } from '../engine/watch.ts';
import { FieldError, quote } from '../errors.ts';
import { parseMetrics } from '../expressions/customMetrics.ts';
import { evaluateGates } from '../expressions/evaluateGates.ts';
import { evaluationGateVocabulary } from '../expressions/gateNames.ts';
import { parseGates } from '../expressions/gates.ts';
import { MEASURES } from '../expressions/scope.ts';
import { roundedMetrics } from '../ml/trainingPipeline.ts';
import type { Brief } from '../values/brief.ts';
import type { Accepted, Kept } from '../values/delivery.ts';
import type { Evaluation } from '../values/evaluation.ts';
import type { Gate } from '../values/expression.ts';
import type { GateReport } from '../values/gate.ts';
import type { LoadedModel } from '../values/loadedModel.ts';
import type { RoundedMetrics } from '../values/metrics.ts';
import type { EvaluatedRun, Promotion } from '../values/run.ts';
import { evaluationBrief } from './brief.ts';
import { describeEvaluation } from './describeEvaluation.ts';
import type { parseEvaluateFields } from './fields/parse.ts';
import { reportGates, unheldWarnings } from './gates.ts';
import type { TrainingRooms } from './train.ts';

/** Loads a model that was trained before. */
export interface LoadedModels {
  /** @param uri `models:/NAME@ALIAS`, `models:/NAME/3`, `models:/m-...` or `runs:/ID/NAME` */
  load(uri: string): Promise<{
    readonly model: LoadedModel;
    /** How long ago MLflow last said where the alias points, if MLflow does not answer now. In milliseconds. */
    readonly aliasAgeMs?: number;
  }>;
}

export interface EvaluateRequest {
  /** As `TrainRequest` has them. */
  readonly id: string;
  readonly watch: Watch;
  readonly fields: ReturnType<typeof parseEvaluateFields>;
  readonly source: FileSource;
  /** The file's name at the client. */
  readonly fileName: string;
  readonly receivedAt: Date;
}

/** The parts of the service that do and keep the work. */
export interface EvaluationRooms extends Pick<TrainingRooms, 'engine' | 'deliveries' | 'underWay'> {
  readonly models: LoadedModels;
}

/** A model that was measured. Nothing is logged yet. */
export interface Measured {
  readonly model: LoadedModel;
  /** See `LoadedModels.load`. */
  readonly aliasAgeMs?: number;
  readonly evaluation: Evaluation;
  readonly run: EvaluatedRun;
  /** What came of the gates, if there are any. */
  readonly gate?: GateReport;
  /** The alias that moves if all gates hold, if the form names one. */
  readonly asked?: Pick<Promotion, 'alias' | 'registeredModelName'>;
  /** The original's four metrics. */
  readonly rounded: RoundedMetrics;
  readonly brief: Brief;
}

export interface Evaluated extends Measured {
  readonly kept: Kept;
  readonly accepted: Accepted;
}

/**
 * Measures a model on a file with labels, and hands in a run with the metrics for delivery to MLflow, as `train` does.
 * @throws as `train` and `LoadedModels.load`
 */
export function evaluate(
  request: EvaluateRequest,
  rooms: EvaluationRooms,
  keep: (measured: Measured) => Kept,
): Promise<Evaluated> {
  return rooms.underWay.track(evaluateAndAccept(request, rooms, keep));
}

async function evaluateAndAccept(
  request: EvaluateRequest,
  rooms: EvaluationRooms,
  keep: (measured: Measured) => Kept,
): Promise<Evaluated> {
  const { deliveries } = rooms;
  await deliveries.checkRoom();
  await deliveries.checkExperiment(request.fields.names.experimentName);
  const measured = await measure(request, rooms);
  const kept = keep(measured);
  request.watch.enter('logging');
  const accepted = await deliveries.acceptEvaluation(measured.run, kept, request.id);
  return { ...measured, kept, accepted };
}

/** Measures a model, and logs nothing. */
export function evaluateDry(request: EvaluateRequest, rooms: EvaluationRooms): Promise<Measured> {
  return rooms.underWay.track(measure(request, rooms));
}

async function measure(request: EvaluateRequest, rooms: EvaluationRooms): Promise<Measured> {
  const { fields, source } = request;
  const { alias, registeredModelName } = fields.names;
  const metrics = await parseMetrics(fields.search.metrics, 'metrics', MEASURES);
  const gates = await parseGates(fields.gates.gates, 'gate', evaluationGateVocabulary(metrics));
  const { model, aliasAgeMs } = await rooms.models.load(fields.model.model);
  const promotion = promotionOf(fields.names, model);
  const plan = { data: fields.data, description: model.description, metrics };
  const found = await rooms.underWay.computed(rooms.engine.evaluate(source, plan, request.watch));
  const gate = reportOf(gates, found);
  const evaluation = { ...found, warnings: [...found.warnings, ...unheldWarnings(gate)] };
  const run = describeEvaluation(request, model, evaluation);
  return {
    model,
    ...(aliasAgeMs !== undefined && { aliasAgeMs }),
    evaluation,
    ...(gate && { gate }),
    ...(alias !== undefined &&
      registeredModelName !== undefined && { asked: { alias, registeredModelName } }),
    run: {
      ...run,
      ...(gate && { gate: gate.state }),
      ...(gate?.state === 'passed' && promotion && { promotion }),
    },
    rounded: roundedMetrics(evaluation.measures.metrics),
    brief: evaluationBrief({ ...request, model, evaluation, run }),
  };
}

/** @throws FieldError `model_damaged` if nothing says which run logged the model */
function promotionOf(
  { alias, registeredModelName }: EvaluateRequest['fields']['names'],
  { place: { uri, name, version, runId, modelId } }: LoadedModel,
): Promotion | undefined {
  if (alias === undefined || registeredModelName === undefined) return undefined;
  if (runId === undefined) {
    throw new FieldError(
      'model_damaged',
      `The MLmodel of the model ${quote(uri)} names no run, so no alias can move to the model: train the model again.`,
      { field: 'model', value: uri },
    );
  }
  const isVersion = name === registeredModelName && version !== undefined;
  return {
    registeredModelName,
    alias,
    runId,
    ...(isVersion && { version }),
    ...(modelId !== undefined && { modelId }),
  };
}

function reportOf(gates: readonly Gate[], { measures, intervals }: Evaluation): GateReport | undefined {
  if (gates.length === 0) return undefined;
  return reportGates(evaluateGates(gates, { test: measures, intervals }));
}
