import type { ClassLabel, ColumnInfo, ColumnType } from '../values/dataset.ts';
import type { Dataset } from './dataset.ts';
import { assignRoles, type Roles, usedColumns } from './roles.ts';
import type { CsvFormat } from './sniff.ts';
import type { Table } from './table.ts';
import type { Target } from './target.ts';

/** A column that a test file must have, and the kind of its cells. */
export interface KnownColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** For a column of text in a training file: its texts. */
  readonly texts?: readonly string[];
}

/** What must be known to read a test file. */
export interface KnownColumns {
  /** The features and the target. */
  readonly columns: readonly KnownColumn[];
  /** Whether rows that miss a value are left out. */
  readonly dropsMissing: boolean;
  /** How the training file was written. */
  readonly format?: CsvFormat;
}

/** What the rows of a test file must be like. */
export interface KnownRows {
  /** What the rows are for; errors name it. */
  readonly of: 'train_file' | 'model';
  readonly target: Pick<Target, 'name' | 'type'> & { readonly classes: readonly ClassLabel[] };
  readonly features: readonly KnownColumn[];
  /** All columns whose types are known. */
  readonly columns: readonly ColumnInfo[];
}

/** The columns of a training file that its roles use. @throws FieldError as `assignRoles` */
export function columnsInTraining(train: Table, roles: Roles): KnownColumns {
  const columns = usedColumns(train, assignRoles(train, roles)).map((index): KnownColumn => {
    const column = train.columns[index]!;
    return { name: column.name, type: column.kind === 'text' ? 'string' : column.type };
  });
  return { columns, dropsMissing: roles.missing === 'drop', format: train.format };
}

/** The rows of a training file. */
export function rowsInTraining({ table, target, features, columns }: Dataset): KnownRows {
  const { name, type, classCounts } = target;
  return {
    of: 'train_file',
    target: { name, type, classes: classCounts.map(({ label }) => label) },
    features: features.map(({ index, ...feature }) => {
      const column = table.columns[index]!;
      return column.kind === 'text' ? { ...feature, texts: column.texts } : feature;
    }),
    columns,
  };
}
