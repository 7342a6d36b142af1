import type { ImputerStrategy } from '../values/pipelineState.ts';
import type { Missing } from '../values/plan.ts';
import { type Branch, ColumnTransformer } from './columnTransformer.ts';
import type { FrameColumn } from './frame.ts';
import { LogisticRegression, type LogisticRegressionOptions } from './logisticRegression.ts';
import { MinMaxScaler } from './minMaxScaler.ts';
import { OneHotEncoder } from './oneHotEncoder.ts';
import { Pipeline, type Step } from './pipeline.ts';
import { SimpleImputer } from './simpleImputer.ts';

export interface ColumnStepsOptions extends LogisticRegressionOptions {
  /** Where it is a strategy, numbers are imputed by it, and text by the most frequent one. */
  readonly missing?: Missing;
}

/**
 * The steps of a model of these columns, by what they hold. Without text: `scaler`, `model`, and `imputer` before them
 * where missing values are imputed. With text: `columns`, `model`, where `columns` is a ColumnTransformer of two
 * pipelines, `numeric` (`imputer`, `scaler`) and `categorical` (`imputer`, `imputer_none`, `imputer_empty`, `encoder`);
 * a branch without columns is left out.
 */
export function columnSteps(
  columns: readonly Pick<FrameColumn, 'kind'>[],
  { missing = 'error', ...model }: ColumnStepsOptions = {},
): Step[] {
  const strategy = missing === 'error' || missing === 'drop' ? undefined : missing;
  const last: Step = ['model', new LogisticRegression(model)];
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
 * Three imputers, for scikit-learn's fills one form of a missing value each, and the encoder would make zeros of the
 * others without a word. A file's missing texts are all of the first form, so the other two only matter in Python.
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
