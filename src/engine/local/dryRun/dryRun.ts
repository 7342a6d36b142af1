import { type Classes, profileNumbers, profileTexts } from '../../../data/columnProfile.ts';
import { summaryScratch } from '../../../data/orderStatistics.ts';
import type { Split } from '../../../data/split.ts';
import type { NumberColumn, TextColumn } from '../../../data/table.ts';
import { TABLE_LIMITS } from '../../../data/tableLimits.ts';
import { foldWarnings } from '../../../data/warnings/fold.ts';
import type { TrainpostError } from '../../../errors.ts';
import type { ColumnType, TestFileInfo } from '../../../values/dataset.ts';
import type {
  ClassBalance,
  ColumnProfile,
  ColumnRole,
  DryRun,
  PipelineStepInfo,
  PlannedFits,
} from '../../../values/dryRun.ts';
import type { Holdout } from '../../../values/holdout.ts';
import { Watch } from '../../watch.ts';
import { columnWarnings } from './dryRunWarnings.ts';

/** A column of the table, and how to read its cells. Each reading may overwrite the one before. */
export type ReadableColumn = { readonly role: ColumnRole } & (
  | {
      readonly column: NumberColumn;
      /** NaN for a cell that is missing or not a number. */
      read(): Float64Array;
    }
  | {
      readonly column: TextColumn;
      /** Each cell's place among the texts; below 0 if the cell is missing, behind the last text if its text was not kept. */
      read(): ArrayLike<number>;
    }
);

/** How far a training would come. A missing property could not be computed, and `problem` says why. */
export interface DryRunInput {
  readonly rows: number;
  readonly digest: string;
  readonly columns: readonly ReadableColumn[];
  readonly target?: { readonly name: string; readonly type: ColumnType };
  readonly classes?: Classes;
  readonly split?: Split & {
    readonly holdout: Holdout;
    /** Each row's class, if there are rows of a test file behind those of the training file. */
    readonly codes?: ArrayLike<number>;
  };
  readonly testData?: TestFileInfo;
  readonly pipeline?: readonly PipelineStepInfo[];
  readonly fits?: PlannedFits;
  readonly problem?: TrainpostError;
  /** Warnings about the file, which a training gives too. */
  readonly warnings: DryRun['warnings'];
  readonly categoriesMax?: number;
}

/**
 * Makes the report of a dry run, column by column, so that only one column at a time is in memory as doubles. The caller
 * adds `timingMs`.
 * @param watch counts the columns
 */
export async function dryRunReport(
  input: DryRunInput,
  watch = new Watch(),
): Promise<Omit<DryRun, 'timingMs'>> {
  const { rows, digest, testData, target, classes, split, pipeline, fits, problem } = input;
  const { categoriesMax = TABLE_LIMITS.categories } = input;
  const columns = await profileColumns(input.columns, classes, categoriesMax, watch);
  return {
    rows,
    digest,
    columns,
    ...(testData && { testData }),
    ...(target && { target: { ...target, classes: classes ? balance(classes, split) : [] } }),
    ...(split && { split: splitInfo(split, rows) }),
    ...(pipeline && { pipeline }),
    ...(fits && { fits }),
    ...(problem && {
      problem: { code: problem.code, message: problem.message, details: { ...problem.details } },
    }),
    warnings: foldWarnings([
      ...input.warnings,
      ...columns.flatMap((column) => columnWarnings(column, rows, categoriesMax)),
    ]),
  };
}

async function profileColumns(
  columns: readonly ReadableColumn[],
  classes: Classes | undefined,
  categoriesMax: number,
  watch: Watch,
): Promise<ColumnProfile[]> {
  const scratch = summaryScratch();
  const profiles: ColumnProfile[] = [];
  for (const { role, column, read } of columns) {
    const ofFeature = role === 'feature' ? classes : undefined;
    const cells = read();
    profiles.push(
      column.kind === 'number'
        ? profileNumbers(column, role, cells as Float64Array, scratch, ofFeature)
        : await profileTexts(column, role, cells, ofFeature, categoriesMax),
    );
    watch.step();
  }
  return profiles;
}

function balance({ labels, codes }: Classes, split: DryRunInput['split']): ClassBalance[] {
  const counts = countCodes(codes, labels.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const inTrain = split && countCodes(codes, labels.length, split.train);
  const inTest = split && countCodes(split.codes ?? codes, labels.length, split.test);
  return labels.map((label, k) => ({
    label,
    rows: counts[k]!,
    share: counts[k]! / total,
    ...(inTrain && { trainRows: inTrain[k]! }),
    ...(inTest && { testRows: inTest[k]! }),
  }));
}

/** Counts the rows of each class, among all rows or the given ones. */
function countCodes(codes: ArrayLike<number>, nClasses: number, rows?: Uint32Array): number[] {
  const counts = new Array<number>(nClasses).fill(0);
  const { length } = rows ?? codes;
  for (let index = 0; index < length; index++) {
    const code = codes[rows ? rows[index]! : index]!;
    if (code >= 0) counts[code]!++;
  }
  return counts;
}

function splitInfo(split: NonNullable<DryRunInput['split']>, rows: number): NonNullable<DryRun['split']> {
  const { train, test, holdout, codes } = split;
  const droppedRows = (codes?.length ?? rows) - train.length - test.length;
  return { holdout, trainRows: train.length, testRows: test.length, droppedRows };
}

type Step = readonly [name: string, estimator: object, columns?: readonly number[]];

/** Estimators that an estimator may hold: steps of a Pipeline, branches of a ColumnTransformer. */
interface Holder {
  readonly steps?: readonly Step[];
  readonly transformers?: readonly Step[];
}

/**
 * Describes the steps of a pipeline, fitted or not. Our classes have scikit-learn's names.
 * @param names the columns that the pipeline is fitted on
 */
export function pipelineSteps(steps: readonly Step[], names: readonly string[]): PipelineStepInfo[] {
  return steps.map(([name, estimator, columns]) => {
    const holder: Holder = estimator;
    const inner = holder.steps ?? holder.transformers;
    return {
      name,
      estimator: estimator.constructor.name,
      ...(columns && { columns: columns.map((index) => names[index]!) }),
      ...(inner && { steps: pipelineSteps(inner, names) }),
    };
  });
}
