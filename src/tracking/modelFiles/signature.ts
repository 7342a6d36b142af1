import type { ClassesDtype, ColumnInfo } from '../../values/dataset.ts';
import { columnSpec } from '../columnSpec.ts';

/** MLflow's model signature; the schemas are JSON inside the document. */
export interface Signature {
  readonly inputs: string;
  readonly outputs: string;
  readonly params: null;
}

/**
 * What `mlflow.models.infer_signature` gives for the same columns and predictions, but for the numbers: MLflow 3's
 * type `any` takes whole and real numbers alike. The inferred `long` refuses reals and `double` refuses whole
 * numbers, though the model itself takes both. Early MLflow 2
 * does not know `any`, so MLflow 2 gets the inferred types. A column that had missing values is not required, and of
 * whole numbers a real one: NaN and None pass there, and in a column of strings everywhere.
 */
export function signature(
  features: readonly ColumnInfo[],
  classesDtype: ClassesDtype,
  mlflowMajor: 2 | 3,
): Signature {
  const inputs = features.map(columnSpec).map((spec) => ({
    ...spec,
    type: spec.type !== 'string' && mlflowMajor === 3 ? 'any' : spec.type,
  }));
  return { inputs: asciiJson(inputs), outputs: asciiJson([output(classesDtype)]), params: null };
}

/** Text predictions are a column of strings for MLflow, numbers a tensor. */
function output(dtype: ClassesDtype) {
  return dtype === 'object'
    ? { type: 'string', required: true }
    : { type: 'tensor', 'tensor-spec': { dtype, shape: [-1] } };
}

/** JSON in ASCII, as Python writes it: PyYAML refuses or folds some characters that a column's name may have. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
