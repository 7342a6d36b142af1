import type { Classes } from '../../../data/columnProfile.ts';
import { assignRoles, type Dataset, type Roles, toDataset } from '../../../data/dataset.ts';
import { joinTest } from '../../../data/joinTables.ts';
import { rowsInTraining } from '../../../data/knownColumns.ts';
import { markMissing } from '../../../data/missing.ts';
import { type AssignedRoles, usedColumns } from '../../../data/roles.ts';
import { readCodes, readNumbers } from '../../../data/segments.ts';
import type { Split } from '../../../data/split.ts';
import type { Table, TableColumn } from '../../../data/table.ts';
import { TABLE_LIMITS } from '../../../data/tableLimits.ts';
import { tableWarnings } from '../../../data/tableWarnings.ts';
import { NO_CLASS, readTarget, type Target } from '../../../data/target.ts';
import { readTestRows, type TestRows } from '../../../data/testFile.ts';
import { leftOutRows } from '../../../data/usedRows.ts';
import { testFileWarnings } from '../../../data/warnings/testFile.ts';
import { warningsOf } from '../../../data/warnings/warnings.ts';
import { TrainpostError } from '../../../errors.ts';
import { columnSteps } from '../../../ml/columnSteps.ts';
import type { ClassLabel } from '../../../values/dataset.ts';
import type { ColumnRole, PipelineStepInfo, PlannedFits } from '../../../values/dryRun.ts';
import type { Plan } from '../../../values/plan.ts';
import type { Warning } from '../../../values/warning.ts';
import { MARKS } from '../blocks/partition.ts';
import { requireClasses, requireValues } from '../fit/checkRows.ts';
import { constantColumn, shownLabel } from '../fit/describe.ts';
import { assignFolds, fitsOf, foldsToMake } from '../fit/folds.ts';
import { type MarkedRows, markRows } from '../fit/markRows.ts';
import { findPositive, requireTwoClasses } from '../fit/positive.ts';
import { rolesOf } from '../reading/roles.ts';
import type { Both } from '../reading/types.ts';
import { type DryRunInput, pipelineSteps, type ReadableColumn } from './dryRun.ts';

/** Runs steps as far as possible, and keeps the first error: a training would end with it. */
class Attempts {
  problem: TrainpostError | undefined;

  /** The step's value; undefined if the step fails. @throws errors that are not the client's */
  of<Value>(step: () => Value): Value | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof TrainpostError)) throw error;
      this.problem ??= error;
      return undefined;
    }
  }
}

/**
 * Drops what names columns that the file does not have: an `ignore` is emptied, and a wrong target leaves no roles at
 * all. `dryRunInput` reports what is wrong with them.
 */
export function knownRoles(table: Table, spec: Roles): Roles | undefined {
  const attempts = new Attempts();
  return [spec, { ...spec, ignore: [] }].find((roles) => attempts.of(() => assignRoles(table, roles)));
}

/**
 * Finds out all that can be known without fitting, and the error that a training would end with.
 * @param tables read again if the known roles need a column as text; the rows of the test file are added to the training table
 */
export function dryRunInput({ train: table, test }: Both<Table>, plan: Plan): DryRunInput {
  const spec = rolesOf(plan);
  const { holdout } = plan.evaluation;
  const nFolds = foldsToMake(plan);
  const attempts = new Attempts();
  const dataset = attempts.of(() => toDataset(table, spec));
  const positive = dataset && attempts.of(() => findPositive(dataset.target, plan.data.positive));
  if (dataset) attempts.of(() => requireTwoClasses(dataset.target, plan));
  const testRows =
    dataset && test && attempts.of(() => readTestRows(rowsInTraining(dataset), test, plan.data.missing));
  const both = dataset && testRows ? joinTest(dataset, testRows) : dataset;
  // Without its test rows, a hold-out by file has no parts.
  const isWhole = test === undefined || testRows !== undefined;
  const marked = both && isWhole ? attempts.of(() => markRows(both, holdout)) : undefined;
  if (both && marked) {
    attempts.of(() => requireClasses(both.target, marked, holdout));
    attempts.of(() => requireValues(both, marked));
    if (nFolds > 0) attempts.of(() => assignFolds({ dataset: both, marked }, holdout, nFolds));
  }

  const known = knownRoles(table, spec);
  const roles = known && assignRoles(table, known);
  const target = roles && classesInFile(table, roles.targetIndex, dataset);
  const targetColumn = roles && table.columns[roles.targetIndex];
  return {
    rows: table.rows,
    digest: table.digest,
    columns: readableColumns(table, (name, index) =>
      index === roles?.targetIndex ? 'target' : roles?.ignored.has(name) ? 'ignored' : 'feature',
    ),
    ...(targetColumn && { target: { name: targetColumn.name, type: typeOf(targetColumn) } }),
    ...(target && { classes: shownClasses(target, positive) }),
    ...(marked && {
      split: {
        ...splitOf(marked),
        holdout,
        ...(dataset && testRows && target && { codes: codesOfBoth(target, dataset.target, testRows) }),
      },
    }),
    ...(test && testRows && { testData: { ...testRows.info, rows: test.rows } }),
    ...(dataset && { pipeline: pipelineOf(dataset, plan) }),
    fits: plannedFits(plan),
    ...(attempts.problem && { problem: attempts.problem }),
    warnings: [
      ...(both?.warnings ?? warningsOfFile(table, roles, spec, target)),
      // The joined data set has these warnings already.
      ...(test && testRows === undefined ? testFileWarnings(test) : []),
      ...(both && marked ? constantFeatures(both, marked) : []),
    ],
    categoriesMax: (table.limits ?? TABLE_LIMITS).categories,
  };
}

function plannedFits(plan: Plan): PlannedFits {
  const { candidates, evaluation, choice, threshold } = plan;
  const { folds } = evaluation;
  return {
    total: fitsOf(plan),
    candidates: candidates.length,
    ...(folds !== undefined && { folds }),
    select: choice.text,
    ...(threshold && { threshold: threshold.by === 'given' ? threshold.value : threshold.objective.text }),
  };
}

/** Warnings about a file that cannot be trained on. */
function warningsOfFile(
  table: Table,
  roles: AssignedRoles | undefined,
  spec: Roles,
  target: Target | undefined,
): readonly Warning[] {
  if (roles === undefined) return tableWarnings(table);
  const leftOut = leftOutRows(table, usedColumns(table, roles), spec.missing === 'drop');
  return warningsOf(table, { ...roles, leftOut, isShuffled: spec.isShuffled, target });
}

/** Warns of the columns that `constantColumns` finds in a training. */
function constantFeatures({ table, features }: Dataset, { marks }: MarkedRows): Warning[] {
  return features.flatMap(({ name, index }) => {
    const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, nMissing: 0 };
    const values = readNumbers(table, index);
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (marks[row] !== MARKS.train) continue;
      if (Number.isNaN(value)) range.nMissing++;
      if (value < range.min) range.min = value;
      if (value > range.max) range.max = value;
    }
    return constantColumn(name, table.columns[index]!.kind, range);
  });
}

const typeOf = (column: TableColumn) => (column.kind === 'text' ? 'string' : column.type);

/** The columns and how to read them. All columns of numbers share one array. */
function readableColumns(
  table: Table,
  roleOf: (name: string, index: number) => ColumnRole,
): ReadableColumn[] {
  const { rows, columns } = table;
  const values = new Float64Array(columns.some(({ kind }) => kind === 'number') ? rows : 0);
  return columns.map((column, index): ReadableColumn => {
    const role = roleOf(column.name, index);
    return column.kind === 'number'
      ? { role, column, read: () => readNumbers(table, index, 0, rows, values) }
      : { role, column, read: () => readCodes(table, index) };
  });
}

/** Classes of all rows that have one, also of rows that a training would drop; undefined if the target has none. */
function classesInFile(table: Table, index: number, dataset: Dataset | undefined): Target | undefined {
  if (dataset !== undefined && dataset.dropped === undefined) return dataset.target;
  return new Attempts().of(() => readTarget(table, index, markMissing(table, [index]))) ?? dataset?.target;
}

function shownClasses(target: Target, positive: ClassLabel | undefined): Classes {
  const { classCounts, dtype } = target;
  return {
    labels: classCounts.map(({ label }) => shownLabel(label, dtype)),
    codes: shownCodes(target),
    ...(positive !== undefined && { positive: shownLabel(positive, dtype) }),
  };
}

/** Each row's place among the classes of `shown`, with the rows of the test file behind the others. */
function codesOfBoth(shown: Target, target: Target, { codes }: TestRows): Int32Array {
  const placeOf = target.classCounts.map(({ label }) =>
    shown.classCounts.findIndex((one) => one.label === label),
  );
  const both = new Int32Array(shown.codes.length + codes.length);
  both.set(shownCodes(shown));
  for (let row = 0; row < codes.length; row++) both[shown.codes.length + row] = placeOf[codes[row]!] ?? -1;
  return both;
}

const shownCodes = ({ codes }: Target) => Int32Array.from(codes, (code) => (code === NO_CLASS ? -1 : code));

/** The rows of both parts, by their place in the file. */
function splitOf({ marks, split }: MarkedRows): Split {
  const rowsOf = (mark: number, count: number) => {
    const rows = new Uint32Array(count);
    let place = 0;
    for (let row = 0; row < marks.length; row++) {
      if (marks[row] !== mark) continue;
      rows[place] = row;
      place++;
    }
    return rows;
  };
  return { train: rowsOf(MARKS.train, split.train), test: rowsOf(MARKS.test, split.test) };
}

function pipelineOf({ features }: Dataset, { data: { missing }, candidates }: Plan): PipelineStepInfo[] {
  const kinds = features.map(({ type }) => ({ kind: type === 'string' ? 'text' : 'numeric' }) as const);
  return pipelineSteps(
    columnSteps(kinds, { ...candidates[0], missing }),
    features.map(({ name }) => name),
  );
}
