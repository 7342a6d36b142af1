import type { ColumnSummary } from '../values/dataset.ts';
import type {
  EstimatorState,
  LogisticRegressionState,
  PipelineState,
  StepState,
} from '../values/pipelineState.ts';
import type { CoefficientRow } from './data.ts';

/** A column that the regression sees, and how it comes from a column of the file: `seen = file * scale + ...`. */
interface SeenColumn {
  readonly term: string;
  readonly scale: number;
  /** The column of numbers in the file. */
  readonly source?: string;
}

/** The coefficients of a fitted pipeline by name, in the units of the file. */
export function coefficientsOf(
  pipeline: PipelineState,
  summaries: readonly ColumnSummary[],
  labelOf: (code: number) => string,
): readonly CoefficientRow[] {
  const seen = columnsAfter(
    pipeline.steps,
    pipeline.featureNamesIn.map((name) => ({ term: name, scale: 1, source: name })),
  );
  const stdOf = new Map(summaries.map(({ name, std }) => [name, std]));
  const { coef } = regressionOf(pipeline).fitted;
  return coef.flatMap((row, code) =>
    row.map((value, j) => {
      const { term, scale, source } = seen[j]!;
      const perUnit = value * scale;
      const std = source === undefined ? 1 : (stdOf.get(source) ?? Number.NaN);
      return {
        ...(coef.length > 1 && { label: labelOf(code) }),
        term,
        per_unit: finite(perUnit),
        per_std: finite(perUnit * std),
        odds_ratio: finite(Math.exp(perUnit)),
      };
    }),
  );
}

export function regressionOf({ steps }: PipelineState): LogisticRegressionState {
  const last = steps.at(-1)![1];
  // The last step of a training's pipeline is a regression, or one with a threshold.
  return (last.estimator === 'FixedThresholdClassifier' ? last.classifier : last) as LogisticRegressionState;
}

export const finite = (value: number) => (Number.isFinite(value) ? value : null);

function columnsAfter(steps: readonly StepState[], columns: readonly SeenColumn[]): readonly SeenColumn[] {
  return steps.reduce((before, [, state]) => through(state, before), columns);
}

function through(state: EstimatorState, columns: readonly SeenColumn[]): readonly SeenColumn[] {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return columns.map((column, j) => ({ ...column, scale: column.scale * state.fitted.scale[j]! }));
    case 'OneHotEncoder':
      return columns.flatMap(({ term }, j) =>
        state.fitted.categories[j]!.map((text) => ({ term: `${term}=${text}`, scale: 1 })),
      );
    case 'ColumnTransformer':
      return state.transformers.flatMap((branch) =>
        through(
          branch.transformer,
          branch.columns.map((j) => columns[j]!),
        ),
      );
    case 'Pipeline':
      return columnsAfter(state.steps, columns);
    default:
      return columns;
  }
}
