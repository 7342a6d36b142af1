import type { DatasetInfo } from '../values/dataset.ts';
import type { DatasetPart } from '../values/run.ts';
import { columnSpec } from './columnSpec.ts';

/** An MLflow data set, as `runs/log-inputs` takes it. The last three are JSON. */
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
 * One part of the uploaded rows as MLflow's dataset input: the columns as `mlflow_colspec`, and as profile what autolog writes
 * (`num_rows`, `num_elements`). The profile of rows of the training file also has the whole file: its rows, its classes, and
 * a summary of each numeric column.
 */
export function datasetInput(fileName: string, dataset: DatasetInfo, part: DatasetPart): DatasetInput {
  const { rows, target, classCounts, summaries } = dataset;
  const file = { digest: dataset.digest, num_rows: rows, class_counts: classCounts, summary: summaries };
  return part.file === undefined
    ? inputOf(fileName, { ...dataset, ...part }, { file })
    : inputOf(part.file.fileName, { ...part.file, ...part, target });
}

/** All rows of a file of test rows as MLflow's dataset input. */
export function fileDataset(fileName: string, file: Rows): DatasetInput {
  return inputOf(fileName, file);
}

/** Rows of a file. */
type Rows = Pick<DatasetInfo, 'rows' | 'columns' | 'digest' | 'target'>;

function inputOf(
  name: string,
  { rows, columns, digest, target }: Rows,
  more: Pick<Profile, 'file'> = {},
): DatasetInput {
  return {
    name: name.slice(0, NAME_CHARS_MAX),
    digest,
    source_type: 'local',
    source: JSON.stringify({ uri: name }),
    schema: JSON.stringify({ mlflow_colspec: columns.map(columnSpec) }),
    profile: JSON.stringify({
      num_rows: rows,
      num_elements: rows * columns.length,
      num_columns: columns.length,
      target,
      ...more,
    } satisfies Profile),
  };
}

interface Profile {
  readonly num_rows: number;
  readonly num_elements: number;
  readonly num_columns: number;
  readonly target: string;
  readonly file?: object;
}

/** The same data set with as many columns in its schema as fit into so many characters. */
export function withSchemaOf(dataset: DatasetInput, charsMax: number): DatasetInput {
  if (dataset.schema.length <= charsMax) return dataset;
  const { mlflow_colspec: columns } = JSON.parse(dataset.schema) as { mlflow_colspec: readonly object[] };
  let chars = '{"mlflow_colspec":[]}'.length;
  const fitting = columns.findIndex((column) => {
    chars += JSON.stringify(column).length + 1;
    return chars > charsMax;
  });
  const kept = fitting < 0 ? columns : columns.slice(0, fitting);
  return { ...dataset, schema: JSON.stringify({ mlflow_colspec: kept }) };
}

/** The same data set without the statistics of the file. */
export function withoutStatistics(dataset: DatasetInput): DatasetInput {
  const { num_rows, num_elements, num_columns, target } = JSON.parse(dataset.profile) as Profile;
  return { ...dataset, profile: JSON.stringify({ num_rows, num_elements, num_columns, target }) };
}
