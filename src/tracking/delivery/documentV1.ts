import type { Kept } from '../../values/delivery.ts';
import type { ErrorData } from '../../values/errorData.ts';
import type { LoggedRun } from '../../values/run.ts';
import type { DatasetInput } from '../dataset.ts';
import type { Texts } from '../mlflowTypes.ts';
import type { MlmodelFacts } from '../modelFiles/index.ts';
import type { RunTree } from '../tree.ts';
import { thingOf } from './journal.ts';
import type { DeliveryOutcome, DueRecheck } from './outcome.ts';
import type { RecordFile } from './recordStore.ts';

/** What trainpost 0.1.0 wrote: one run, which is a tree of one. */
interface DocumentV1 extends Kept {
  readonly record: RunRecordV1;
}

interface RunRecordV1 {
  readonly version: 1;
  readonly requestId: string;
  readonly experimentName: string;
  readonly runName: string;
  readonly user: string;
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  readonly tags: Texts;
  readonly systemTags: Texts;
  readonly params: Texts;
  readonly metrics: Readonly<Record<string, number>>;
  readonly dataset: DatasetInput;
  readonly modelName: string;
  readonly model: MlmodelFacts;
  readonly registeredModelName: string;
  readonly alias?: string;
}

export interface OutcomeV1 {
  readonly attempts: number;
  readonly experimentId?: string;
  readonly runId?: string;
  readonly modelId?: string;
  readonly logged?: LoggedRun;
  readonly reason?: ErrorData;
  readonly sweep?: { readonly atMs: number; readonly of: readonly string[] };
}

export function isV1(document: unknown): document is DocumentV1 {
  return (document as Partial<DocumentV1> | undefined | null)?.record?.version === 1;
}

export function treeOfV1(record: RunRecordV1): RunTree {
  const { requestId, experimentName, user, systemTags, dataset, startTimeMs, endTimeMs, tags, params } =
    record;
  return {
    version: 2,
    requestId,
    experimentName,
    user,
    systemTags,
    datasets: [dataset],
    nodes: [
      {
        key: 'root',
        name: record.runName,
        startTimeMs,
        endTimeMs,
        tags,
        params,
        metrics: Object.entries(record.metrics).map(([key, value]) => ({ key, value, step: 0 })),
        inputs: [{ dataset: 0, context: 'training' }],
        model: {
          facts: record.model,
          name: record.modelName,
          registeredAs: record.registeredModelName,
          ...(record.alias !== undefined && { alias: record.alias }),
        },
        artifacts: [],
      },
    ],
  };
}

/** All files of version 1 were the model's. */
export function filesOfV1(files: readonly RecordFile[]): RecordFile[] {
  return files.map(({ path, bytes }) => ({ path: `root/model/${path}`, bytes }));
}

export function outcomeOfV1({ runId, modelId, sweep, ...outcome }: OutcomeV1): DeliveryOutcome {
  const version = outcome.logged?.modelVersion;
  const root = {
    ...(runId !== undefined && { runId }),
    ...(modelId !== undefined && { modelId }),
    ...(version !== undefined && { version }),
  };
  const recheck: DueRecheck | undefined = sweep && { atMs: sweep.atMs, of: sweep.of.map(thingOf) };
  return { ...outcome, made: { root }, ...(recheck !== undefined && { recheck }) };
}
