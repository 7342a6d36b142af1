import type { ModelDescription } from '../values/loadedModel.ts';
import type {
  ClassifierState,
  LogisticRegressionState,
  MinMaxScalerState,
  OneHotEncoderState,
  SimpleImputerState,
  TransformerState,
} from '../values/pipelineState.ts';

/** The pipeline's steps do not fit together, or trainpost builds no such steps. */
export class PipelineShapeError extends Error {}

/** A transformed number: `fill` replaces a missing value, then `x * scale + offset`, then the clip. */
export interface NumberTerm {
  /** Place of the feature. */
  readonly column: number;
  /** NaN if the pipeline fills nothing in. */
  readonly fill: number;
  readonly scale: number;
  readonly offset: number;
  readonly low: number;
  readonly high: number;
  /** Place of the coefficient. */
  readonly term: number;
}

/** A text column whose categories have coefficients of their own. */
export interface TextTerms {
  readonly column: number;
  /** Replaces a missing text. */
  readonly fill?: string;
  /** Place of the coefficient of each category. */
  readonly terms: ReadonlyMap<string, number>;
  /** Whether another text is an error; else it adds nothing to the score. */
  readonly refusesUnknown: boolean;
}

/** A pipeline as sums: what each feature adds to each score. */
export interface CompiledPipeline {
  readonly numbers: readonly NumberTerm[];
  readonly texts: readonly TextTerms[];
  /** Names of the terms: the column's name, or `<column>=<category>`. */
  readonly names: readonly string[];
  readonly regression: LogisticRegressionState['fitted'];
  /** With two classes only: from which probability on a row is of the class at this place. */
  readonly threshold?: { readonly value: number; readonly positive: number };
}

/** A column on its way through the pipeline. */
type Column =
  | ({ readonly kind: 'number' } & Omit<NumberTerm, 'term'> & { readonly isScaled: boolean })
  | { readonly kind: 'text'; readonly column: number; readonly fill?: string }
  | {
      readonly kind: 'category';
      readonly column: number;
      readonly fill?: string;
      readonly category: string;
      /** The same object for all categories of one column. */
      readonly encoder: { readonly refusesUnknown: boolean };
    };

/**
 * Turns the steps of a pipeline into sums, once for a model.
 * @throws PipelineShapeError if the sizes of the steps do not fit together
 */
export function compilePipeline({
  pipeline: { steps, featureNamesIn },
  features,
}: Pick<ModelDescription, 'pipeline' | 'features'>): CompiledPipeline {
  const names = features.map(({ name }) => name);
  require(names.length === featureNamesIn.length && names.every((name, j) => name === featureNamesIn[j]));
  const inputs = features.map(({ type }, column): Column => {
    return type === 'string' ? { kind: 'text', column } : unscaled(column);
  });
  const states = steps.map(([, state]) => state);
  const last = states.at(-1);
  require(last !== undefined && isClassifier(last));
  const columns = through(states.slice(0, -1), inputs);
  const regression = regressionOf(last as ClassifierState, columns.length);
  return {
    ...termsOf(columns),
    names: columns.map((one) => nameOf(one, names)),
    regression,
    ...thresholdOf(last as ClassifierState, regression),
  };
}

function unscaled(column: number): Column {
  // `x * 1 + -0` is x.
  const same = { scale: 1, offset: -0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { kind: 'number', column, fill: Number.NaN, ...same, isScaled: false };
}

function isClassifier(state: { readonly estimator: string }): state is ClassifierState {
  return state.estimator === 'LogisticRegression' || state.estimator === 'FixedThresholdClassifier';
}

function through(
  states: readonly { readonly estimator: string }[],
  columns: readonly Column[],
): readonly Column[] {
  return states.reduce<readonly Column[]>((made, state) => {
    require(!isClassifier(state));
    return transformed(state as TransformerState, made);
  }, columns);
}

function transformed(state: TransformerState, columns: readonly Column[]): readonly Column[] {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return scaled(state, columns);
    case 'SimpleImputer':
      return imputed(state, columns);
    case 'OneHotEncoder':
      return encoded(state, columns);
    case 'Pipeline':
      return through(
        state.steps.map(([, step]) => step),
        columns,
      );
    case 'ColumnTransformer':
      require(state.fitted.nFeaturesIn === columns.length);
      return state.transformers.flatMap(({ transformer, columns: places, nFeaturesOut }) => {
        require(places.every((place) => place < columns.length));
        const made = transformed(
          transformer,
          places.map((place) => columns[place]!),
        );
        require(made.length === nFeaturesOut);
        return made;
      });
  }
}

function scaled({ params, fitted }: MinMaxScalerState, columns: readonly Column[]): Column[] {
  const { scale, min, nFeaturesIn } = fitted;
  require([scale.length, min.length, nFeaturesIn].every((length) => length === columns.length));
  const [low, high] = params.featureRange;
  return columns.map((column, j) => {
    require(column.kind === 'number' && !column.isScaled);
    const clip = params.clip ? { low, high } : {};
    return {
      ...(column as Column & { kind: 'number' }),
      scale: scale[j]!,
      offset: min[j]!,
      ...clip,
      isScaled: true,
    };
  });
}

function imputed({ fitted: { statistics } }: SimpleImputerState, columns: readonly Column[]): Column[] {
  require(statistics.length === columns.length);
  return columns.map((column, j): Column => {
    const fill = statistics[j]!;
    if (column.kind === 'number' && typeof fill === 'number' && !column.isScaled) {
      return Number.isNaN(column.fill) ? { ...column, fill } : column;
    }
    require(column.kind === 'text' && typeof fill === 'string');
    // All missing texts have one form here, so the first imputer fills them.
    return { fill: fill as string, ...(column as Column & { kind: 'text' }) };
  });
}

function encoded({ params, fitted }: OneHotEncoderState, columns: readonly Column[]): Column[] {
  require(fitted.categories.length === columns.length);
  return columns.flatMap((column, j) => {
    require(column.kind === 'text');
    const encoder = { refusesUnknown: params.handleUnknown === 'error' };
    return fitted.categories[j]!.map((category): Column => {
      return { ...(column as Column & { kind: 'text' }), kind: 'category', category, encoder };
    });
  });
}

function termsOf(columns: readonly Column[]): Pick<CompiledPipeline, 'numbers' | 'texts'> {
  const numbers: NumberTerm[] = [];
  const texts = new Map<object, TextTerms & { readonly terms: Map<string, number> }>();
  columns.forEach((column, term) => {
    if (column.kind === 'number') {
      const { kind: _, isScaled: __, ...number } = column;
      numbers.push({ ...number, term });
      return;
    }
    require(column.kind === 'category');
    const { encoder, category, column: place, fill } = column as Column & { kind: 'category' };
    const { refusesUnknown } = encoder;
    const text = texts.get(encoder) ?? {
      column: place,
      ...(fill !== undefined && { fill }),
      terms: new Map<string, number>(),
      refusesUnknown,
    };
    texts.set(encoder, text);
    require(!text.terms.has(category));
    text.terms.set(category, term);
  });
  return { numbers, texts: [...texts.values()] };
}

function nameOf(column: Column, names: readonly string[]): string {
  const name = names[column.column]!;
  return column.kind === 'category' ? `${name}=${column.category}` : name;
}

function regressionOf(state: ClassifierState, nTerms: number): LogisticRegressionState['fitted'] {
  const { fitted } = state.estimator === 'LogisticRegression' ? state : state.classifier;
  const { classes, coef, intercept } = fitted;
  const nScores = classes.length === 2 ? 1 : classes.length;
  require(classes.length >= 2 && new Set(classes).size === classes.length);
  require(coef.length === nScores && intercept.length === nScores);
  require(coef.every((row) => row.length === nTerms));
  return fitted;
}

function thresholdOf(
  state: ClassifierState,
  { classes }: LogisticRegressionState['fitted'],
): Pick<CompiledPipeline, 'threshold'> {
  if (state.estimator === 'LogisticRegression') return {};
  const { threshold: value, posLabel } = state.params;
  const positive = posLabel === null ? 1 : classes.indexOf(posLabel);
  require(classes.length === 2 && positive >= 0);
  return { threshold: { value, positive } };
}

function require(fits: boolean): void {
  if (!fits) throw new PipelineShapeError('The steps of the pipeline do not fit together.');
}
