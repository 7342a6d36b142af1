import { isDeepStrictEqual } from 'node:util';
import { pyBoolRepr, pyFloatRepr } from '../../python/repr.ts';
import type { Plan } from '../../values/plan.ts';
import { FIELD_ROWS, type FieldKey, type FieldRow, type TrainFields } from './table.ts';

/** The plan that the fields ask for. */
export function planOf({ data, split, model }: TrainFields): Plan {
  return { data, evaluation: { holdout: split }, candidates: [model] };
}

/** The form's fields as MLflow params, in addition to those of the pipeline, written as Python prints them. */
export function paramsOf(fields: TrainFields): Readonly<Record<string, string>> {
  const params = valuesOf(fields).flatMap(([, row, value]) => {
    const isSaid = row.param !== undefined && value !== undefined && !isEmptyList(value);
    return isSaid ? [[row.param, pythonText(value)] as const] : [];
  });
  return Object.fromEntries(params);
}

/** The fields as one flat object, which every version of trainpost makes the same for the same request. */
export function fingerprintOf(fields: TrainFields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    valuesOf(fields).flatMap(([key, row, value]) =>
      value === undefined || isNewAtDefault(row, value) ? [] : [[row.fingerprint ?? key, value] as const],
    ),
  );
}

/** Whether the field came later than fingerprints, and the request does not use it. */
function isNewAtDefault({ isNew, default: usual }: FieldRow, value: unknown): boolean {
  return isNew === true && isDeepStrictEqual(value, usual);
}

function valuesOf(fields: TrainFields): (readonly [FieldKey, FieldRow, unknown])[] {
  return FIELD_ROWS.map(([key, row]) => {
    const group: Readonly<Record<string, unknown>> = fields[row.group];
    return [key, row, group[key]] as const;
  });
}

const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

function pythonText(value: unknown): string {
  if (typeof value === 'boolean') return pyBoolRepr(value);
  if (value === null) return 'None';
  if (typeof value === 'number' && !Number.isInteger(value)) return pyFloatRepr(value);
  return Array.isArray(value) ? value.join(',') : String(value);
}
