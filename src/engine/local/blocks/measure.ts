import { kernelsOf, type SharedMemory } from '../../../kernels/module.ts';
import {
  type ClassificationMetrics,
  type CodedResult,
  codedMetrics,
  metricsOf,
} from '../../../ml/codedMetrics.ts';
import type { Scratch } from './scratch.ts';

/** Rows to be measured by any thread: as plain values, or of two classes where they lie in a memory. */
export type MeasureTask = CodedResult | RowsInMemory;

interface RowsInMemory {
  readonly memory: SharedMemory;
  readonly rows: number;
  readonly positiveCode: number;
  /** Addresses: of the rows' classes, the predicted ones, the probabilities of the second, the sums, and room. */
  readonly codes: number;
  readonly predicted: number;
  readonly proba: number;
  readonly sums: number;
  readonly scratch: number;
}

/** Doubles that `measureRows` of src/kernels/assembly/measure.ts tells. */
const SUMS = 5;

/** Makes room for what is measured; of two classes, predictions lie in the scratch memory's memory already. */
export function measureTask(scratch: Scratch, result: CodedResult): MeasureTask {
  const { trueCodes, predictedCodes, proba, positiveCode = 1 } = result;
  if (proba.nFeatures > 1 || trueCodes.length === 0) return result;
  const rows = trueCodes.length;
  const codes = scratch.take(rows);
  scratch.bytes(codes, rows).set(trueCodes);
  return {
    memory: scratch.memory,
    rows,
    positiveCode,
    codes,
    predicted: predictedCodes.byteOffset,
    proba: proba.columns[0]!.byteOffset,
    sums: scratch.take(SUMS * Float64Array.BYTES_PER_ELEMENT),
    scratch: scratch.take(kernelsOf(scratch.memory).measureScratchBytes(rows)),
  };
}

export function measure(job: MeasureTask): ClassificationMetrics {
  if (!('memory' in job)) return codedMetrics(job);
  const { memory, rows, positiveCode, codes, predicted, proba, sums, scratch } = job;
  kernelsOf(memory).measureRows(codes, predicted, proba, rows, positiveCode, sums, scratch);
  const [ones, predictedOnes, bothOnes, losses, twiceWins] = new Float64Array(
    memory.buffer,
    sums,
    SUMS,
  ) as unknown as [number, number, number, number, number];
  const counts = {
    truePositives: Float64Array.of(rows - ones - predictedOnes + bothOnes, bothOnes),
    predicted: Float64Array.of(rows - predictedOnes, predictedOnes),
    actual: Float64Array.of(rows - ones, ones),
  };
  const rocAuc = twiceWins / (2 * ones * (rows - ones));
  return metricsOf({ nRows: rows, counts, logLoss: losses / rows, rocAuc }, 2, positiveCode);
}
