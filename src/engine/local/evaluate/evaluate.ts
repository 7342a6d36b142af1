import type { MessagePort } from 'node:worker_threads';
import type { Feature } from '../../../data/dataset.ts';
import type { KnownColumns, KnownRows } from '../../../data/knownColumns.ts';
import type { Table, TableColumn } from '../../../data/table.ts';
import { NO_CLASS, type Target } from '../../../data/target.ts';
import { readTestRows, type TestRows } from '../../../data/testFile.ts';
import { inTestFile } from '../../../errors.ts';
import type { ClassesDtype, ClassLabel, ColumnInfo, ColumnType } from '../../../values/dataset.ts';
import type { Evaluation, EvaluationPlan } from '../../../values/evaluation.ts';
import type { NestedPipelineState, StepState } from '../../../values/pipelineState.ts';
import type { Missing } from '../../../values/plan.ts';
import { intervalsOf } from '../../comparison/intervals.ts';
import { Watch } from '../../watch.ts';
import { openWorkplace, partition } from '../blocks/partition.ts';
import { Team } from '../blocks/team.ts';
import { measureOn } from '../fit/compare.ts';
import { shownLabel, undefinedMetrics } from '../fit/describe.ts';
import { findPositive } from '../fit/positive.ts';
import { rowsOf } from '../fit/prepare.ts';
import { StageClock } from '../fit/stageClock.ts';
import type { ReadTable } from '../reading/types.ts';
import { driftOf, driftWarnings } from './drift.ts';

/** The column type of labels, by NumPy's dtype. */
const TYPES: Readonly<Record<ClassesDtype, ColumnType>> = {
  int64: 'long',
  float64: 'double',
  bool: 'boolean',
  object: 'string',
};
/** Keys of the rows: used and left out. */
const KEYS = { used: 0, dropped: 1 } as const;

/** The columns that the file must have, and the types of their cells. */
export function columnsOfModel({ data, description }: EvaluationPlan): KnownColumns {
  return { columns: [...description.features, targetOf({ data, description })], dropsMissing: false };
}

/**
 * Measures a model on the rows of a file, and compares the rows with the training rows. Nobody else can use the table then.
 * @param read as `columnsOfModel` says
 * @throws DataError or FieldError if the file or a field does not allow it
 */
export function evaluateModel(
  read: ReadTable,
  plan: EvaluationPlan,
  watch = new Watch(),
  ports: readonly MessagePort[] = [],
): Evaluation {
  const team = new Team(read.table.memory, ports);
  const clock = new StageClock();
  clock.add('parse', read.parseMs);
  try {
    watch.enter('preparing');
    watch.foundRows(read.table.rows);
    const { description, metrics } = plan;
    const known = rowsOfModel(plan);
    const test = readTestRows(known, read.table, missingRule(description.pipeline));
    const target = countClasses(plan, test);
    const positive = findPositive(target, plan.data.positive) ?? description.positive;
    const table = withKinds(read.table, test, known);
    const workplace = openWorkplace(table, team, watch);
    const rowSet = partition(workplace, keysOf(test), Object.keys(KEYS).length).rowSet([KEYS.used]);
    const features = known.features.map(
      ({ name, type }, place): Feature => ({ name, type, index: test.features[place]!.index }),
    );
    const rows = rowsOf(
      { features },
      rowSet,
      test.codes.filter((code) => code !== NO_CLASS),
    );
    watch.throwIfCancelled();
    const drift = driftOf(description.profile, features, rows);
    clock.end('drift');

    watch.enter('evaluating');
    const measured = measureOn(description.pipeline, { test: rows, positive }, metrics);
    clock.end('evaluate');
    watch.throwIfCancelled();
    const intervals = intervalsOf(measured, metrics);
    clock.end('intervals');
    return {
      data: {
        ...test.info,
        target: target.name,
        classCounts: target.classCounts.map(({ label, count }) => ({
          label: shownLabel(label, target.dtype),
          count,
        })),
      },
      ...(positive !== undefined && { positive }),
      measures: measured.measures,
      intervals,
      warnings: [
        ...test.warnings,
        ...undefinedMetrics('test', measured.undefinedMetrics),
        ...driftWarnings(drift),
      ],
      drift,
      stages: clock.stages,
    };
  } catch (error) {
    throw inTestFile(error);
  } finally {
    team.close();
  }
}

function targetOf({ data, description }: Pick<EvaluationPlan, 'data' | 'description'>): ColumnInfo {
  const { name, dtype } = description.target;
  return { name: data.target ?? name, type: TYPES[dtype] };
}

function rowsOfModel(plan: EvaluationPlan): KnownRows {
  const { features, target } = plan.description;
  const labels = targetOf(plan);
  const columns = [...features.filter(({ name }) => name !== labels.name), labels];
  return {
    of: 'model',
    target: { ...labels, classes: target.classes },
    features,
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

/** Fills in missing values if the model does; else a missing value is an error. */
function missingRule(pipeline: NestedPipelineState): Missing {
  return pipeline.steps.some(isImputer) ? 'most_frequent' : 'error';
}

function isImputer([, state]: StepState): boolean {
  if (state.estimator === 'SimpleImputer') return true;
  if (state.estimator === 'Pipeline') return state.steps.some(isImputer);
  if (state.estimator !== 'ColumnTransformer') return false;
  return state.transformers.some(({ name, transformer }) => isImputer([name, transformer]));
}

/** The classes of the model, with the rows that the file has of each. */
function countClasses(plan: EvaluationPlan, { codes }: TestRows): Target {
  const { classes, dtype } = plan.description.target;
  const counts = new Uint32Array(NO_CLASS + 1);
  for (let row = 0; row < codes.length; row++) counts[codes[row]!]!++;
  const classCounts = classes.map((label: ClassLabel, code) => ({ label, count: counts[code]! }));
  return { ...targetOf(plan), dtype, classCounts, codes };
}

function keysOf({ codes }: TestRows): Uint8Array {
  return codes.map((code) => (code === NO_CLASS ? KEYS.dropped : KEYS.used));
}

/** A column without any value may have been read as the other kind. Its cells are missing in both kinds. */
function withKinds(table: Table, { features }: TestRows, known: KnownRows): Table {
  const columns = [...table.columns];
  for (const [place, { index }] of features.entries()) {
    const column = columns[index]!;
    if (column.missing < table.rows) continue;
    const isText = known.features[place]!.type === 'string';
    columns[index] = isText ? emptyText(column) : emptyNumbers(column);
  }
  return { ...table, columns };
}

function emptyText(column: TableColumn): TableColumn {
  return column.kind === 'text' ? column : { ...column, kind: 'text', texts: [], overflowed: false };
}

function emptyNumbers(column: TableColumn): TableColumn {
  return column.kind === 'number' ? column : { ...column, kind: 'number', type: 'double' };
}
