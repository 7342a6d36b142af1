import { kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import {
  type ClassificationMetrics,
  type CodedResult,
  codedMetrics,
  metricsOf,
} from '../../../ml/codedMetrics.ts';
import { classCurves, manyCurves } from '../../../ml/curves/curves.ts';
import type { PartCurves } from '../../../values/curves.ts';
import { type AnswerRoom, MEASURE_SUMS } from './answerRoom.ts';
import { walkInMemory } from './walkInMemory.ts';

/** Rows that any thread can measure: as plain values, or of two classes in a shared memory. */
export type MeasureTask = (CodedResult | RowsInMemory) & {
  /** Whether the curves are computed too. */
  readonly withCurves?: boolean;
};

/** Metrics, and curves if they are asked for and if every probability is a number. */
export type Measured = ClassificationMetrics & { readonly curves?: PartCurves };

interface RowsInMemory {
  readonly memory: SharedMemory;
  readonly rows: number;
  readonly positiveCode: number;
  /** Addresses, as `AnswerRoom` has them. */
  readonly codes: number;
  readonly predicted: number;
  readonly proba: number;
  readonly sums: number;
  readonly sort: number;
}

/** Describes what is to be measured. Predictions of two classes lie in the room already, so only their classes are copied. */
export function measureTask(room: () => AnswerRoom, result: CodedResult, withCurves = false): MeasureTask {
  const { trueCodes, proba, positiveCode = 1 } = result;
  if (proba.nFeatures > 1 || trueCodes.length === 0) return { ...result, withCurves };
  const place = room();
  place.codes.set(trueCodes);
  return {
    withCurves,
    memory: place.memory,
    rows: trueCodes.length,
    positiveCode,
    codes: place.codesAddress,
    predicted: place.predictedAddress,
    proba: place.probaAddress,
    sums: place.sumsAddress,
    sort: place.sortAddress,
  };
}

/** Measures predictions. Two results of the same rows share their memory, so measure them one after the other. */
export function measure(task: MeasureTask): Measured {
  if (!('memory' in task)) return measurePlain(task);
  const { memory, rows, positiveCode, codes, predicted, proba, sums, sort } = task;
  kernelsOf(memory).measureRows(codes, predicted, proba, rows, positiveCode, sums, sort);
  const [ones, predictedOnes, bothOnes, losses, twiceWins] = new Float64Array(
    memory.buffer,
    sums,
    MEASURE_SUMS,
  ) as unknown as [number, number, number, number, number];
  const counts = {
    truePositives: Float64Array.of(rows - ones - predictedOnes + bothOnes, bothOnes),
    predicted: Float64Array.of(rows - predictedOnes, predictedOnes),
    actual: Float64Array.of(rows - ones, ones),
  };
  const rocAuc = twiceWins / (2 * ones * (rows - ones));
  const measured = metricsOf({ nRows: rows, counts, logLoss: losses / rows, rocAuc }, 2, positiveCode);
  if (!task.withCurves || Number.isNaN(twiceWins)) return measured;
  // The kernel has sorted the scores, and left them there.
  const marked = new Float64Array(memory.buffer, sort, rows);
  const positives = counts.actual[positiveCode]!;
  const walk = walkInMemory(memory, { sorted: sort, rows });
  return {
    ...measured,
    curves: { ofClasses: [classCurves({ code: positiveCode, marked, positives, rocAuc, walk })] },
  };
}

function measurePlain(task: CodedResult & Pick<MeasureTask, 'withCurves'>): Measured {
  const measured = codedMetrics(task);
  const curves = task.withCurves && task.nClasses > 2 ? manyCurves(task) : undefined;
  return { ...measured, ...(curves !== undefined && { curves }) };
}

/**
 * The scores of the rows that `measure` has just measured, sorted by size: those of positive rows have the sign bit set.
 * They lie in the table's memory until the next measure.
 * @returns undefined if the rows do not lie in memory
 */
export function sortedScores(task: MeasureTask): Float64Array | undefined {
  return 'memory' in task ? new Float64Array(task.memory.buffer, task.sort, task.rows) : undefined;
}
