import { DataError, toData } from '../../../errors.ts';
import type { ErrorData } from '../../../values/errorData.ts';
import type { ModelSpec } from '../../../values/plan.ts';
import {
  beginCandidate,
  type FitRows,
  type FittedModel,
  fitModels,
  type MeasuredCandidate,
  type Measuring,
  type PlanOfFits,
} from './fitCandidate.ts';
import type { HelperTasks } from './helperTasks.ts';

/** A measured candidate, and the milliseconds that it took. */
export interface Fit extends MeasuredCandidate {
  readonly fitMs: number;
  readonly evaluateMs: number;
}

/** The fit of the model at a place of the list, or the reason why the rows do not allow it. */
export type Attempt = { readonly index: number } & Outcome<Fit>;

type Outcome<T> = { readonly fit: T } | { readonly problem: ErrorData };

/** Errors of one model that say nothing about the others. */
const REFUSALS: readonly string[] = ['cannot_be_fitted', 'cannot_be_predicted'];

/**
 * Most models that share passes over the rows. The gain of one more is small, and the time that a plan has is looked at
 * only when a group is done.
 */
const TOGETHER_MAX = 16;
/** Predictions of two models have room at once: see `RowSetSource.changeRoom`. */
const MEASURED_AT_ONCE = 2;

/**
 * Fits each model on the training rows, as if it were the only one, and measures it on both parts. Models that can share
 * passes over the rows come one after the other.
 * @throws any error that says something about all models
 */
export async function* fitEach(
  rows: FitRows,
  models: readonly ModelSpec[],
  plan: PlanOfFits,
  helpers: HelperTasks,
): AsyncGenerator<Attempt> {
  for (const group of groupsOf(models)) {
    const ofGroup = group.map((index) => models[index]!);
    const fitted = await attempt(() => fitModels(rows, ofGroup, plan));
    if ('problem' in fitted) {
      for (const index of group) yield { index, ...fitted };
    } else {
      let place = 0;
      for await (const fit of measureEach(fitted.fit, rows, plan, helpers)) {
        yield { index: group[place++]!, ...fit };
      }
    }
  }
}

/** Measures each model on both parts, in order. A helper may still be at work on one model when the next begins. */
async function* measureEach(
  models: readonly FittedModel[],
  rows: FitRows,
  plan: PlanOfFits,
  helpers: HelperTasks,
): AsyncGenerator<Outcome<Fit>> {
  const begun: { readonly fitMs: number; readonly measuring: Outcome<Measuring<MeasuredCandidate>> }[] = [];
  let since = performance.now();
  async function* endFirst(): AsyncGenerator<Outcome<Fit>> {
    const { fitMs, measuring } = begun.shift()!;
    const ended = 'problem' in measuring ? measuring : await attempt(() => measuring.fit.end());
    const now = performance.now();
    const evaluateMs = now - since;
    since = now;
    yield 'problem' in ended ? ended : { fit: { ...ended.fit, fitMs, evaluateMs } };
  }
  try {
    for (const model of models) {
      rows.train.source.changeRoom();
      const measuring = await attempt(() => beginCandidate(model, rows, plan, helpers));
      begun.push({ fitMs: model.fitMs, measuring });
      if (begun.length === MEASURED_AT_ONCE) yield* endFirst();
    }
    while (begun.length > 0) yield* endFirst();
  } finally {
    await Promise.all(begun.map(({ measuring }) => 'fit' in measuring && measuring.fit.giveUp()));
  }
}

async function attempt<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { fit: await work() };
  } catch (error) {
    if (!(error instanceof DataError) || !REFUSALS.includes(error.code)) throw error;
    return { problem: toData(error) };
  }
}

/** Places of models that are fitted together. */
function groupsOf(models: readonly ModelSpec[]): number[][] {
  const groups: number[][] = [];
  const open = new Map<string, number[]>();
  for (const [index, { solver, classWeight }] of models.entries()) {
    const key = `${solver} ${classWeight}`;
    const group = solver === 'lbfgs' ? open.get(key) : undefined;
    if (group !== undefined && group.length < TOGETHER_MAX) {
      group.push(index);
    } else {
      const next = [index];
      groups.push(next);
      open.set(key, next);
    }
  }
  return groups;
}
