import type { MinMaxScalerState } from '../values/pipelineState.ts';
import { likeInput, toFrame } from './denseColumn.ts';
import { NotFittedError, ValueError } from './errors.ts';
import type { Input, Params, Transformed, Transformer } from './estimator.ts';
import type { Frame, NumericColumn } from './frame.ts';
import type { Classes } from './labels.ts';
import { checkFeatureCount, type Matrix, type MatrixLike, toMatrix } from './matrix.ts';

export interface MinMaxScalerOptions {
  /** Range that the training rows are brought to. */
  readonly featureRange?: readonly [min: number, max: number];
  /** Whether values outside of what the fit saw are cut off at the range's ends. */
  readonly clip?: boolean;
}

/** scikit-learn takes a range below this, ten times the spacing of doubles at 1, for a constant column. */
const CONSTANT_RANGE_MAX = 10 * Number.EPSILON;

/**
 * Brings each feature to a range: `X * scale_ + min_`, where `scale_ = (max - min) / (dataMax_ - dataMin_)` and
 * `min_ = min - dataMin_ * scale_`; a constant column is only shifted, its `scale_` is `max - min`.
 * scikit-learn's `MinMaxScaler`, operation by operation, so that the results agree to the last bit.
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
   * @param X shape `(nSamples, nFeatures)`; missing values of a frame are passed over
   * @param _y taken as every step of a pipeline takes it, and not used
   * @throws ValueError where `featureRange` is not ascending, where X is empty, ragged or not finite, and where a column
   *   holds text, or no value at all
   */
  fit(X: Input, _y?: Classes): this {
    const [low, high] = this.#params.featureRange;
    if (!(low < high)) {
      throw new ValueError(
        `Minimum of desired feature range must be smaller than maximum. Got (${low}, ${high}).`,
      );
    }
    const frame = toFrame(X);
    const ranges = numericColumns(frame).map((column) => column.range());
    ranges.forEach(checkRange);
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
   * @param X shape `(nSamples, nFeatures)`; it is not changed, and what is missing in a frame stays so
   * @throws NotFittedError, ValueError where X does not have the features of the fit
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

  /** Undoes `transform` of dense input, but for what was cut off. Shapes and errors as there. */
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

  /** What is added after the scaling. */
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
    throw new ValueError(`Column ${j} holds text, which cannot be scaled: encode it before.`);
  });
}

/** The values of a frame are not looked at one by one: an infinite or a missing one shows in the range. */
function checkRange({ min, max }: { readonly min: number; readonly max: number }, j: number): void {
  if (Number.isNaN(min)) throw new ValueError(`Column ${j} has no value in any row: leave the column out.`);
  if (Number.isFinite(min) && Number.isFinite(max)) return;
  throw new ValueError(`Input X contains an infinite value in column ${j}: all values must be finite.`);
}

// A plain loop: a call back for each value takes three times as long on a million rows.
function unscaleColumn(column: Float64Array, scale: number, min: number): Float64Array {
  const unscaled = new Float64Array(column.length);
  for (let i = 0; i < unscaled.length; i++) unscaled[i] = (column[i]! - min) / scale;
  return unscaled;
}
