import { saysTooLong } from './api.ts';
import type { MlflowClient } from './client.ts';
import { withoutStatistics, withSchemaOf } from './dataset.ts';
import type { Metric, NewInput, Texts } from './mlflowTypes.ts';
import { cutParams } from './params.ts';

/**
 * Parts of a run that describe the rest and may be cut: the schema and the profile of a data set, long params, MLflow 2's list
 * of models. How much of them a server takes depends on its version and its database. No training fails for them.
 */

/** Characters of a schema, by MLflow's major version. 2.x before 2.17 takes 65,535; all later versions 1,048,575. */
const SCHEMA_CHARS_MAX = { 2: 65_535, 3: 1_048_575 } as const;
/** A schema of this size is taken by every database. */
const SCHEMA_CHARS_MIN = 4_000;
/** Characters of a param value that older servers and other databases take. */
const PARAM_CHARS_MIN = [500, 250] as const;

/** Sends the first of several forms that the server does not find too long. @returns undefined if all are too long */
export async function firstThatFits<Form, Result>(
  forms: readonly Form[],
  send: (form: Form) => Promise<Result>,
): Promise<Result | undefined> {
  for (const form of forms) {
    try {
      return await send(form);
    } catch (error) {
      if (!saysTooLong(error)) throw error;
    }
  }
  return undefined;
}

/** What a run used. */
interface NodeInputs {
  readonly inputs: readonly NewInput[];
  /** Id of a logged model; MLflow 3 only. */
  readonly modelId?: string;
}

/** Logs the data sets of a run with as much of their descriptions as the server takes. */
export async function logInputs(
  client: MlflowClient,
  runId: string,
  { inputs, modelId }: NodeInputs,
  major: 2 | 3,
): Promise<void> {
  if (inputs.length === 0) return;
  const known = inputs.map(({ dataset, context }) => ({
    dataset: withSchemaOf(dataset, SCHEMA_CHARS_MAX[major]),
    context,
  }));
  const short = inputs.map(({ dataset, context }) => ({
    dataset: withoutStatistics(withSchemaOf(dataset, SCHEMA_CHARS_MIN)),
    context,
  }));
  const used = major === 3 ? modelId : undefined;
  await firstThatFits([known, short], (form) => client.logInputs(runId, form, used));
}

/** The forms of params, the longest first. The last form stays an error if it is too long. */
export function paramForms(params: Texts): readonly Texts[] {
  return [params, ...PARAM_CHARS_MIN.map((chars) => cutParams(params, chars))];
}

/** Logs params and metrics, with as much of the params as the server takes. */
export async function logBatch(
  client: MlflowClient,
  runId: string,
  params: Texts,
  metrics: readonly Metric[],
): Promise<void> {
  const logged = await firstThatFits(paramForms(params), async (form) => {
    await client.logBatch(runId, form, metrics);
    return true;
  });
  // All forms are too long, so the params are not the reason: the metrics are no decoration.
  if (logged === undefined) await client.logBatch(runId, {}, metrics);
}
