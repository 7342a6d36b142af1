import { runCsv } from '../src/engine/local/fit/run.ts';
import type { RecordFile } from '../src/tracking/delivery/recordStore.ts';
import { recordTree } from '../src/tracking/record.ts';
import { artifactsOf, modelFilesOf, type RunTree } from '../src/tracking/tree.ts';
import { describeRun } from '../src/training/describeRun.ts';
import { type FormBody, parseFields } from '../src/training/fields/parse.ts';
import { planOf } from '../src/training/fields/use.ts';
import { chosenOf } from '../src/values/result.ts';

/**
 * The record that trainpost would send for a form, so that the floor sends as much. A filler stands for `MLmodel`.
 * @param form the fields; several values make a sweep
 */
export async function floorRecord(
  csv: Buffer,
  form: FormBody,
  experimentName: string,
): Promise<{ readonly tree: RunTree; readonly files: readonly RecordFile[] }> {
  const fields = parseFields(form);
  const plan = await planOf(fields, Number.POSITIVE_INFINITY);
  const result = await runCsv(csv, plan);
  const names = { experimentName, runName: 'floor', modelName: 'diabetes-model' };
  const run = describeRun({
    fields,
    names: { ...names, registeredModelName: 'floor' },
    fileName: 'diabetes.csv',
    receivedAt: new Date(),
    plan,
    result,
  });
  const recorded = recordTree(chosenOf(result).pipeline, run, {});
  const [root] = recorded.tree.nodes;
  const filler = { path: 'MLmodel', bytes: Buffer.alloc(1500, ' ') };
  return {
    tree: recorded.tree,
    files: [...modelFilesOf(recorded, root), ...artifactsOf(recorded, root), filler],
  };
}
