import { isDeepStrictEqual } from 'node:util';
import { FieldError } from '../../errors.ts';
import { parseMetrics } from '../../expressions/customMetrics.ts';
import { parseObjective, parseSelect } from '../../expressions/objective.ts';
import { MEASURES } from '../../expressions/scope.ts';
import type { Vocabulary } from '../../expressions/vocabulary.ts';
import { pyBoolRepr, pyFloatRepr } from '../../python/repr.ts';
import type { Objective } from '../../values/expression.ts';
import type { Holdout } from '../../values/holdout.ts';
import type { ModelSpec, Plan, Threshold } from '../../values/plan.ts';
import { EVALUATE_FORM, type EvaluateFields } from './evaluateTable.ts';
import { FIELD_ROWS, type FieldKey, type FieldRow, type TrainFields } from './table.ts';

/** The default choice, which needs no parser. */
const LOG_LOSS: Objective = {
  text: 'log_loss',
  direction: 'min',
  expression: {
    text: 'log_loss',
    kind: 'number',
    symbols: ['log_loss'],
    tree: { op: 'symbol', name: 'log_loss' },
  },
};

/**
 * The plan that the fields ask for.
 * @throws FieldError `sweep_too_large` if there are more combinations than `sweepMax`; as `parseMetrics`, `parseSelect` and `parseObjective`
 */
export async function planOf(
  { data, split, model, search, output }: TrainFields,
  sweepMax: number,
): Promise<Plan> {
  const { folds, keepAll, select } = search;
  const metrics = await parseMetrics(search.metrics, 'metrics', MEASURES);
  const vocabulary: Vocabulary = {
    ...MEASURES,
    metrics: new Map(metrics.map((metric) => [metric.name, metric])),
  };
  return {
    data,
    evaluation: { holdout: holdoutOf(split), ...(folds !== undefined && { folds }) },
    candidates: candidatesOf(model, sweepMax),
    metrics,
    choice: select === undefined ? LOG_LOSS : await parseSelect(select, 'select', vocabulary),
    ...(model.threshold !== undefined && { threshold: await thresholdOf(model.threshold, vocabulary) }),
    keepAll,
    inference: output.inference,
    curves: output.report !== 'false',
  };
}

async function thresholdOf(given: number | string, vocabulary: Vocabulary): Promise<Threshold> {
  if (typeof given === 'number') return { by: 'given', value: given };
  return { by: 'objective', objective: await parseObjective(given, 'threshold', vocabulary) };
}

function holdoutOf({ split, testSize, randomState, stratify }: TrainFields['split']): Holdout {
  if (split.by === 'column') return split;
  if (split.by === 'file') return { by: 'file' };
  return split.by === 'last' ? { by: 'last', testSize } : { by: 'random', testSize, randomState, stratify };
}

/** All combinations, in the order written; values of a later field change first. */
function candidatesOf(
  { C, maxIter, classWeight, solver, tol }: TrainFields['model'],
  sweepMax: number,
): ModelSpec[] {
  const actual = [C, maxIter, classWeight, solver, tol].reduce((count, { length }) => count * length, 1);
  if (actual > sweepMax) {
    throw new FieldError(
      'sweep_too_large',
      `The fields ask for ${actual} combinations, but a sweep may have ${sweepMax}: give fewer values (SWEEP_MAX sets the limit).`,
      { limit: sweepMax, actual },
    );
  }
  return C.flatMap((ofC) =>
    maxIter.flatMap((ofMaxIter) =>
      classWeight.flatMap((ofClassWeight) =>
        solver.flatMap((ofSolver) =>
          tol.map((ofTol) => ({
            C: ofC,
            maxIter: ofMaxIter,
            classWeight: ofClassWeight,
            solver: ofSolver,
            tol: ofTol,
          })),
        ),
      ),
    ),
  );
}

/**
 * The form's fields as MLflow params, in addition to those of the pipeline, written as Python prints them.
 * @param model the candidate that a field with several values is logged for
 */
export function paramsOf(fields: TrainFields, model: ModelSpec): Readonly<Record<string, string>> {
  const idle = idleFields(fields);
  const values = valuesOf(FIELD_ROWS, { ...fields, model: { ...fields.model, ...model } });
  return saidParams(values.filter(([key]) => !idle.includes(key)));
}

/** As `paramsOf`, for an evaluation. */
export function evaluateParams(fields: EvaluateFields): Readonly<Record<string, string>> {
  return saidParams(valuesOf(EVALUATE_FORM.rows, fields));
}

function saidParams(
  values: readonly (readonly [string, FieldRow, unknown])[],
): Readonly<Record<string, string>> {
  const params = values.flatMap(([, row, value]) => {
    const isDefault = row.isNew && isDeepStrictEqual(value, row.default);
    const isSaid = row.param !== undefined && value !== undefined && !isEmptyList(value) && !isDefault;
    return isSaid ? [[row.param, pythonText(value)] as const] : [];
  });
  return Object.fromEntries(params);
}

/** The fields as one flat object, which every version of trainpost makes the same for the same request. */
export function fingerprintOf(fields: TrainFields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    valuesOf(FIELD_ROWS, fields).flatMap(([key, row, value]) => {
      if (value === undefined || (row.isNew && isDeepStrictEqual(value, row.default))) return [];
      // A field that may have several values had one in the first versions.
      const one = row.group === 'model' && Array.isArray(value) && value.length === 1 ? value[0] : value;
      return [[row.fingerprint ?? key, one] as const];
    }),
  );
}

/** The fields of a request, or with one value each for a candidate. */
type AnyFields = { readonly [Group in keyof TrainFields]: object };

function valuesOf<Key extends string>(
  rows: readonly (readonly [Key, FieldRow])[],
  fields: AnyFields,
): (readonly [Key, FieldRow, unknown])[] {
  return rows.map(([key, row]) => {
    const group = fields[row.group] as Readonly<Record<string, unknown>>;
    return [key, row, group[key]] as const;
  });
}

/** Fields that mean nothing beside the way in which the test rows are chosen. */
export function idleFields({ split: { split } }: TrainFields): readonly FieldKey[] {
  return IDLE_FIELDS[split.by];
}

const IDLE_FIELDS = {
  random: [],
  last: ['randomState', 'stratify'],
  column: ['testSize', 'randomState', 'stratify'],
  file: ['split', 'testSize', 'randomState', 'stratify'],
} as const satisfies Record<string, readonly FieldKey[]>;

type SplitBy = TrainFields['split']['split'];

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function isSplit(value: unknown): value is SplitBy {
  return typeof value === 'object' && value !== null && 'by' in value;
}

function pythonText(value: unknown): string {
  if (isSplit(value)) return value.by === 'column' ? `column:${value.column}` : value.by;
  if (typeof value === 'boolean') return pyBoolRepr(value);
  if (value === null) return 'None';
  if (typeof value === 'number' && !Number.isInteger(value)) return pyFloatRepr(value);
  return Array.isArray(value) ? value.join(',') : String(value);
}
