import type { ColumnType } from '../values/dataset.ts';
import type { ModelDescription } from '../values/loadedModel.ts';
import type { StepState } from '../values/pipelineState.ts';

/** A column that a model needs, and what the training rows had in it. */
export interface ModelInput {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the model fills in a missing value. */
  readonly fillsMissing: boolean;
  /** The least and the greatest number of the training rows. */
  readonly range?: { readonly min: number; readonly max: number };
  /** The texts of the training rows, in order. */
  readonly categories?: readonly string[];
}

type Draft = { -readonly [Key in keyof ModelInput]: ModelInput[Key] };

/** What a model's columns are, in the order of its features. */
export function inputsOf({
  features,
  pipeline,
}: Pick<ModelDescription, 'features' | 'pipeline'>): readonly ModelInput[] {
  const inputs = features.map(({ name, type }): Draft => ({ name, type, fillsMissing: false }));
  walk(pipeline.steps, inputs);
  return inputs;
}

/** Looks at the steps that columns pass. A category is a column of its own, and no column of the file: undefined. */
function walk(
  steps: readonly StepState[],
  columns: readonly (Draft | undefined)[],
): readonly (Draft | undefined)[] {
  return steps.reduce<readonly (Draft | undefined)[]>((made, [, state]) => pass(state, made), columns);
}

function pass(state: StepState[1], columns: readonly (Draft | undefined)[]): readonly (Draft | undefined)[] {
  switch (state.estimator) {
    case 'MinMaxScaler': {
      const { dataMin, dataMax } = state.fitted;
      columns.forEach((column, j) => {
        if (column?.type === 'long' || column?.type === 'double') {
          column.range = { min: dataMin[j]!, max: dataMax[j]! };
        }
      });
      return columns;
    }
    case 'SimpleImputer':
      for (const column of columns) if (column !== undefined) column.fillsMissing = true;
      return columns;
    case 'OneHotEncoder':
      return columns.flatMap((column, j) => {
        const categories = state.fitted.categories[j]!;
        if (column !== undefined) column.categories = categories;
        return categories.map(() => undefined);
      });
    case 'Pipeline':
      return walk(state.steps, columns);
    case 'ColumnTransformer':
      return state.transformers.flatMap(({ transformer, columns: places }) =>
        pass(
          transformer,
          places.map((place) => columns[place]),
        ),
      );
    default:
      return columns;
  }
}
