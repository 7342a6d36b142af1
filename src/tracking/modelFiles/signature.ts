import type { ClassesDtype, ColumnInfo } from '../../values/dataset.ts';
import { columnSpec } from '../columnSpec.ts';

/** MLflow's model signature; the schemas are JSON inside the document. */
export interface Signature {
  readonly inputs: string;
  readonly outputs: string;
  readonly params: null;
}

/**
 * The signature of a model. `inferred` is what `mlflow.models.infer_signature` gives for the same columns and predictions.
 * With `any`, each column of numbers has MLflow's type of that name, which takes whole and real numbers alike: the
 * inferred `long` rejects reals, and `double` rejects whole numbers. MLflow before 2.19 cannot read `any`. A column that
 * had missing values is not required, and a real column instead of a whole one, so that NaN and None pass there.
 */
export function signature(
  features: readonly ColumnInfo[],
  classesDtype: ClassesDtype,
  kind: 'inferred' | 'any',
): Signature {
  const inputs = features.map(columnSpec).map((spec) => ({
    ...spec,
    type: spec.type !== 'string' && kind === 'any' ? 'any' : spec.type,
  }));
  return { inputs: asciiJson(inputs), outputs: asciiJson([output(classesDtype)]), params: null };
}

/** Text predictions are a column of strings for MLflow; numbers are a tensor. */
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
