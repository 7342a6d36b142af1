import type { ColumnInfo, ColumnType } from '../values/dataset.ts';

/** MLflow's `ColSpec` of a column, as `infer_signature` gives it for the column as pandas reads it. */
export interface ColumnSpec {
  readonly type: ColumnType;
  readonly name: string;
  readonly required: boolean;
}

export function columnSpec(column: ColumnInfo): ColumnSpec {
  return { type: pandasType(column), name: column.name, required: column.missing !== true };
}

/** pandas knows no whole number that is missing: one such cell makes the column real. */
export function pandasType({ type, missing }: ColumnInfo): ColumnType {
  return type === 'long' && missing === true ? 'double' : type;
}
