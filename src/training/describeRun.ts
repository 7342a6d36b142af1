import { roundedMetrics } from '../ml/trainingPipeline.ts';
import { chosenOf, type Result } from '../values/result.ts';
import type { TrackedRun } from '../values/run.ts';
import type { TrainFields } from './fields/table.ts';
import { paramsOf } from './fields/use.ts';
import type { Names } from './names.ts';

export interface RunInput {
  readonly fields: TrainFields;
  readonly names: Names;
  /** The file's name at the client. */
  readonly fileName: string;
  /** The test file's name at the client. */
  readonly testFileName?: string;
  readonly receivedAt: Date;
  readonly result: Result;
}

/** Makes everything that is logged for a training, apart from its model. */
export function describeRun({
  fields,
  names,
  fileName,
  testFileName,
  receivedAt,
  result,
}: RunInput): TrackedRun {
  const { alias, tags } = fields.names;
  const { train, test } = chosenOf(result);
  return {
    ...names,
    ...(alias !== undefined && { alias }),
    tags,
    fileName,
    startTimeMs: receivedAt.getTime(),
    dataset: result.data,
    ...(result.testData &&
      testFileName !== undefined && { testDataset: { ...result.testData, fileName: testFileName } }),
    inputExample: result.example,
    rounded: roundedMetrics(test.metrics),
    training: train.metrics,
    test: test.metrics,
    extraParams: { target: result.data.target, ...paramsOf(fields) },
  };
}
