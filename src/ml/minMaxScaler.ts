import type { MinMaxScalerState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, nameOf, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { Frame, NumericColumn } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount, type Matrix, type MatrixLike, toMatrix } from './matrix.ts';

export interface MinMaxScalerOptions {
  /** Range to which the training rows are scaled. */
  readonly featureRange?: readonly [min: number, max: number];
  /** Whether values outside the range of the fit are clipped to the ends of `featureRange`. */
  readonly clip?: boolean;
}

/** scikit-learn treats a column with a smaller range as constant: ten times the spacing of doubles at 1. */
export const CONSTANT_RANGE_MAX = 10 * Number.EPSILON;

/**
 * Scales each feature to a range: `X * scale_ + min_`.
 * `scale_ = (max - min) / (dataMax_ - dataMin_)` and `min_ = min - dataMin_ * scale_`. A constant column is only
 * shifted: its `scale_` is `max - min`. This is scikit-learn's `MinMaxScaler`, operation by operation, so the results
 * are equal to the last bit.
 */
export class MinMaxScaler implements Transformer {
  readonly #params: MinMaxScalerState['params'];
  #fitted: MinMaxScalerState['fitted'] | undefined;

  constructor({ featureRange = [0, 1], clip = false }: MinMaxScalerOptions = {}) {
    this.#params = { featureRange: [featureRange[0], featureRange[1]], clip };
  }

  static fromState({ params, fitted }: MinMaxScalerState): MinMaxScaler {
    const scaler = new MinMaxScaler(params);
    scaler.#fitted = structuredClone(fitted);
    return scaler;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`; missing values of a frame are skipped
   * @param _y ignored; every step of a pipeline accepts it
   * @throws ValueError if `featureRange` is not ascending; if X is empty, ragged or not finite; if a column holds
   *   text or no value
   */
  fit(X: Input, _y?: Classes): this {
    const [low, high] = this.#params.featureRange;
    if (!(low < high)) {
      throw new ValueError(
        `Minimum of desired feature range must be smaller than maximum. Got (${low}, ${high}).`,
      );
    }
    const frame = toFrame(X);
    const ranges = numericColumns(frame).map(rangeOf);
    const dataMin = ranges.map((range) => range.min);
    const dataMax = ranges.map((range) => range.max);
    const dataRange = dataMax.map((max, j) => max - dataMin[j]!);
    const scale = dataRange.map((range) => (high - low) / (range < CONSTANT_RANGE_MAX ? 1 : range));
    const min = dataMin.map((value, j) => low - value * scale[j]!);
    this.#fitted = {
      nFeaturesIn: frame.columns.length,
      nSamplesSeen: frame.nSamples,
      dataMin,
      dataMax,
      dataRange,
      scale,
      min,
    };
    return this;
  }

  /**
   * @param X shape `(nSamples, nFeatures)`, not changed; missing values of a frame stay missing
   * @throws NotFittedError
   * @throws ValueError if X does not have the features of the fit
   */
  transform<X extends Input>(X: X): Transformed<X> {
    const { clip, featureRange } = this.#params;
    const { scale, min, nFeaturesIn } = this.#requireFitted();
    const frame = toFrame(X);
    checkFeatureCount({ nFeatures: frame.columns.length }, nFeaturesIn, 'MinMaxScaler');
    const columns = numericColumns(frame).map((column, j) => {
      const scaled = column.affine(scale[j]!, min[j]!);
      return clip ? scaled.clip(...featureRange) : scaled;
    });
    return likeInput(X, { nSamples: frame.nSamples, columns });
  }

  /** Undoes `transform` of dense input, except clipping. Shapes and errors as for `transform`. */
  inverseTransform(X: MatrixLike): Matrix {
    const { scale, min, nFeaturesIn } = this.#requireFitted();
    const matrix = toMatrix(X);
    checkFeatureCount(matrix, nFeaturesIn, 'MinMaxScaler');
    return {
      ...matrix,
      columns: matrix.columns.map((column, j) => unscaleColumn(column, scale[j]!, min[j]!)),
    };
  }

  getParams(): Params {
    return { ...this.#params };
  }

  toState(): MinMaxScalerState {
    return structuredClone({
      estimator: 'MinMaxScaler',
      params: this.#params,
      fitted: this.#requireFitted(),
    });
  }

  /** Smallest value of each feature. */
  get dataMin_(): readonly number[] {
    return this.#requireFitted().dataMin;
  }

  get dataMax_(): readonly number[] {
    return this.#requireFitted().dataMax;
  }

  /** `dataMax_ - dataMin_` */
  get dataRange_(): readonly number[] {
    return this.#requireFitted().dataRange;
  }

  get scale_(): readonly number[] {
    return this.#requireFitted().scale;
  }

  /** Added after scaling. */
  get min_(): readonly number[] {
    return this.#requireFitted().min;
  }

  get nFeaturesIn_(): number {
    return this.#requireFitted().nFeaturesIn;
  }

  get nSamplesSeen_(): number {
    return this.#requireFitted().nSamplesSeen;
  }

  #requireFitted(): MinMaxScalerState['fitted'] {
    if (this.#fitted === undefined) throw new NotFittedError('MinMaxScaler');
    return this.#fitted;
  }
}

function numericColumns({ columns }: Frame): readonly NumericColumn[] {
  return columns.map((column, j) => {
    if (column.kind === 'numeric') return column;
    throw new ValueError(`Column ${nameOf(column, j)} holds text, which cannot be scaled: encode it first.`, {
      column: column.name,
    });
  });
}

/** Checks the range instead of each value: an infinite or missing value shows in the range. */
function rangeOf(column: NumericColumn, j: number): { readonly min: number; readonly max: number } {
  const { min, max } = column.range();
  if (Number.isFinite(min) && Number.isFinite(max)) return { min, max };
  const [name, place] = [nameOf(column, j), { column: column.name }];
  if (Number.isNaN(min))
    throw new ValueError(`Column ${name} has no value in any row: leave the column out.`, place);
  throw new ValueError(
    `Input X contains an infinite value in column ${name}: all values must be finite.`,
    place,
  );
}

// A plain loop, because a callback for each value takes three times as long on a million rows.
function unscaleColumn(column: Float64Array, scale: number, min: number): Float64Array {
  const unscaled = new Float64Array(column.length);
  for (let i = 0; i < unscaled.length; i++) unscaled[i] = (column[i]! - min) / scale;
  return unscaled;
}
