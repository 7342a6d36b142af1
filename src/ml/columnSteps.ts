import type { ImputerStrategy } from '../values/pipelineState.ts';
import type { Missing } from '../values/plan.ts';
import { type Branch, ColumnTransformer } from './columnTransformer.ts';
import { FixedThresholdClassifier, type FixedThresholdOptions } from './fixedThresholdClassifier.ts';
import type { FrameColumn } from './frame.ts';
import { LogisticRegression, type LogisticRegressionOptions } from './logisticRegression.ts';
import { MinMaxScaler } from './minMaxScaler.ts';
import { OneHotEncoder } from './oneHotEncoder.ts';
import { Pipeline, type Step } from './pipeline.ts';
import { SimpleImputer } from './simpleImputer.ts';

export interface ColumnStepsOptions extends LogisticRegressionOptions {
  /** If it is a strategy, that strategy imputes numbers. The most frequent text imputes text. */
  readonly missing?: Missing;
  /** If given, the model is a `FixedThresholdClassifier` around the regression. */
  readonly decision?: FixedThresholdOptions;
}

/**
 * Builds the steps of a model for these columns.
 * The steps are `scaler` and `model` if there is no text, with `imputer` before them if missing values are imputed.
 * They are `columns` and `model` if there is text. `columns` is a ColumnTransformer of two pipelines, `numeric`
 * (`imputer`, `scaler`) and `categorical` (`imputer`, `imputer_none`, `imputer_empty`, `encoder`). A branch without
 * columns is left out.
 */
export function columnSteps(
  columns: readonly Pick<FrameColumn, 'kind'>[],
  { missing = 'error', decision, ...model }: ColumnStepsOptions = {},
): Step[] {
  const strategy = missing === 'error' || missing === 'drop' ? undefined : missing;
  const regression = new LogisticRegression(model);
  const last: Step = [
    'model',
    decision === undefined ? regression : new FixedThresholdClassifier(regression, decision),
  ];
  const places = (kind: FrameColumn['kind']) => [...columns.keys()].filter((j) => columns[j]!.kind === kind);
  const [numeric, text] = [places('numeric'), places('text')];
  if (text.length === 0) return [...numericSteps(strategy), last];
  const branches: readonly Branch[] = [
    ['numeric', new Pipeline(numericSteps(strategy)), numeric],
    ['categorical', new Pipeline(categoricalSteps(strategy)), text],
  ];
  return [['columns', new ColumnTransformer(branches.filter(([, , some]) => some.length > 0))], last];
}

function numericSteps(strategy: ImputerStrategy | undefined): Step[] {
  const scaler: Step = ['scaler', new MinMaxScaler()];
  return strategy === undefined ? [scaler] : [['imputer', new SimpleImputer({ strategy })], scaler];
}

/**
 * Builds the steps for text, with one imputer for each form of a missing value.
 * A scikit-learn imputer fills one form only, and the encoder would silently encode the other forms as zeros. All
 * missing texts of a file have the first form, so the other two matter only in Python.
 */
function categoricalSteps(strategy: ImputerStrategy | undefined): Step[] {
  const encoder: Step = ['encoder', new OneHotEncoder({ handleUnknown: 'ignore' })];
  if (strategy === undefined) return [encoder];
  return [
    ['imputer', new SimpleImputer({ strategy: 'most_frequent' })],
    ['imputer_none', new SimpleImputer({ strategy: 'most_frequent', missingValues: 'none' })],
    ['imputer_empty', new SimpleImputer({ strategy: 'most_frequent', missingValues: 'empty' })],
    encoder,
  ];
}
