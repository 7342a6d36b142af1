import type { DatasetInfo } from '../values/dataset.ts';
import { columnSpec } from './columnSpec.ts';

/** An MLflow dataset, as `runs/log-inputs` takes it; the last three are JSON. */
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string;
  readonly profile: string;
}

/** MLflow's limit; a digest may have 36 characters, and ours has 32. */
const NAME_CHARS_MAX = 500;

/**
 * The uploaded file as MLflow's dataset input: its columns as `mlflow_colspec`, and as profile what autolog writes
 * (`num_rows`, `num_elements`) with the classes and the summary of each numeric column.
 */
export function datasetInput(fileName: string, dataset: DatasetInfo): DatasetInput {
  const { rows, columns, target, classCounts } = dataset;
  return {
    name: fileName.slice(0, NAME_CHARS_MAX),
    digest: dataset.digest,
    source_type: 'local',
    source: JSON.stringify({ uri: fileName }),
    schema: JSON.stringify({
      mlflow_colspec: columns.map(columnSpec),
    }),
    profile: JSON.stringify({
      num_rows: rows,
      num_elements: rows * columns.length,
      num_columns: columns.length,
      target,
      class_counts: classCounts,
      summary: dataset.summaries,
    }),
  };
}
