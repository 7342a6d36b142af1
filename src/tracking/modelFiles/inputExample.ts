import { floatText } from '../../python/floatText.ts';
import type { ColumnInfo, ColumnType, InputExample } from '../../values/dataset.ts';
import { pandasType } from '../columnSpec.ts';

/** `input_example.json`: a data frame as pandas' `orient="split"`. */
export function inputExampleJson(example: InputExample, features: readonly ColumnInfo[]): string {
  const types = new Map(features.map((column) => [column.name, pandasType(column)]));
  const columnTypes = example.columns.map((name) => types.get(name));
  const rows = example.data.map(
    (row) => `[${row.map((value, index) => valueJson(value, columnTypes[index]))}]`,
  );
  return `{"columns":${JSON.stringify(example.columns)},"data":[${rows}]}`;
}

/** `serving_input_example.json`: the same as the body of a request to MLflow's scoring server. */
export function servingExampleJson(inputExample: string): string {
  return `{"dataframe_split":${inputExample}}`;
}

/** The whole numbers of a real column keep their point, or pandas would read a column of them as int64. */
function valueJson(value: number | string | null, type: ColumnType | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || !Number.isFinite(value)) return 'null';
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  return type === 'double' ? floatText(value) : String(value);
}
