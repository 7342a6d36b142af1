import { randomUUID } from 'node:crypto';
import type { PipelineState } from '../values/pipelineState.ts';
import type { TrackedRun } from '../values/run.ts';
import { type DatasetInput, datasetInput } from './dataset.ts';
import { type RunMetrics, runMetrics } from './metrics.ts';
import type { Metric } from './mlflowTypes.ts';
import { type MlmodelFacts, type ModelFile, modelFiles } from './modelFiles/index.ts';
import { pipelineParams, type RunParams } from './params.ts';
import { type Env, systemTags, userOf } from './tags.ts';

/** By this tag a run is found again when the answer to its creation was lost. */
export const REQUEST_ID_TAG = 'trainpost.request_id';

/**
 * All that MLflow is told of one training, beside the bytes of the model files. It survives JSON, and everything
 * that could change from one attempt to the next is frozen in it: `log-batch` may be repeated with the same
 * timestamps only.
 */
export interface RunRecord {
  readonly version: 1;
  /** A UUID of this training, also its tag. */
  readonly requestId: string;
  readonly experimentName: string;
  readonly runName: string;
  readonly user: string;
  /** Milliseconds since 1970; the end is that of the training, however long the delivery takes. */
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  /** Tags of the run: MLflow's own, the caller's, the request's id. */
  readonly tags: Readonly<Record<string, string>>;
  /** MLflow's own tags alone, for the logged model. */
  readonly systemTags: Readonly<Record<string, string>>;
  readonly params: RunParams;
  readonly metrics: RunMetrics;
  readonly dataset: DatasetInput;
  readonly modelName: string;
  readonly model: MlmodelFacts;
  readonly registeredModelName: string;
  readonly alias?: string;
}

/** A record and the model files that go with it. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly files: readonly ModelFile[];
}

/** Describes a training that has just ended, with everything that is found out or drawn at random only once. */
export function recordRun(pipeline: PipelineState, run: TrackedRun, env: Env): RecordedRun {
  const now = new Date();
  const requestId = randomUUID();
  const system = systemTags(env);
  const { files, facts } = modelFiles({
    pipeline,
    features: run.dataset.features,
    inputExample: run.inputExample,
    utcTimeCreated: now,
  });
  const record: RunRecord = {
    version: 1,
    requestId,
    experimentName: run.experimentName,
    runName: run.runName,
    user: userOf(env),
    startTimeMs: run.startTimeMs,
    endTimeMs: now.getTime(),
    tags: { ...system, ...run.tags, [REQUEST_ID_TAG]: requestId },
    systemTags: system,
    params: { ...pipelineParams(pipeline), ...run.extraParams },
    metrics: runMetrics(run),
    dataset: datasetInput(run.fileName, run.dataset),
    modelName: run.modelName,
    model: facts,
    registeredModelName: run.registeredModelName,
    ...(run.alias !== undefined && { alias: run.alias }),
  };
  return { record, files };
}

/** MLflow wants 32 hex digits. */
export function modelUuid({ requestId }: RunRecord): string {
  return requestId.replaceAll('-', '');
}

/** The metrics as of the training's end, at step 0. */
export function timedMetrics({ metrics, endTimeMs }: RunRecord): Metric[] {
  return Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: endTimeMs, step: 0 }));
}
