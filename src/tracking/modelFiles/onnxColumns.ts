import type {
  ColumnTransformerState,
  EstimatorState,
  MinMaxScalerState,
  OneHotEncoderState,
  SimpleImputerState,
} from '../../values/pipelineState.ts';
import type { GraphBuilder } from './onnxGraph.ts';
import { DOUBLE, INT64, ML_DOMAIN } from './onnxProto.ts';

/**
 * A tensor of strings has no missing ones. In these forms they come: as a person leaves a text out, and as pandas' NaN,
 * None and NA read once they are strings. A category of such a name is that category.
 */
const MISSING_TEXTS = ['', 'nan', 'NaN', 'None', '<NA>'];
/** What a table answers for a text that it does not hold. */
const UNKNOWN = -1;

/** The columns on their way, each a tensor `(N, 1)`, or, once they are all numbers, one tensor `(N, F)`. */
type Value = { readonly numbers: string } | { readonly texts: readonly Text[] };

/** A column of text, and what stands for a missing one, if anything does. */
interface Text {
  readonly value: string;
  readonly filler?: string;
}

/** The places of the inputs that are text: those that an encoder is to see. */
export function textInputs(states: readonly EstimatorState[]): ReadonlySet<number> {
  const places = states.flatMap((state) =>
    state.estimator === 'ColumnTransformer'
      ? state.transformers
          .filter(({ transformer }) => encodesText(transformer))
          .flatMap(({ columns }) => columns)
      : [],
  );
  return new Set(places);
}

/**
 * What the transformers make of the columns, one after the other.
 * @param columns one tensor `(N, 1)` each
 * @returns the tensor `(N, F)` that the classifier sees
 */
export function transformed(
  graph: GraphBuilder,
  states: readonly EstimatorState[],
  columns: readonly string[],
): string {
  const [first, ...others] = states;
  const splits = first?.estimator === 'ColumnTransformer';
  const start = splits ? { numbers: branches(graph, first, columns) } : sideBySide(graph, columns);
  const rest = splits ? others : states;
  return numbersOf(rest.reduce<Value>((value, state) => transform(graph, state, value), start));
}

function encodesText(state: EstimatorState): boolean {
  if (state.estimator === 'Pipeline') return state.steps.some(([, step]) => encodesText(step));
  return state.estimator === 'OneHotEncoder';
}

function branches(
  graph: GraphBuilder,
  { transformers }: ColumnTransformerState,
  inputs: readonly string[],
): string {
  const parts = transformers.map(({ transformer, columns }) => {
    const some = columns.map((column) => inputs[column]!);
    const value = encodesText(transformer)
      ? { texts: some.map((name) => ({ value: name })) }
      : sideBySide(graph, some);
    return numbersOf(transform(graph, transformer, value));
  });
  return parts.length === 1 ? parts[0]! : graph.add('Concat', parts, { axis: 1 });
}

function sideBySide(graph: GraphBuilder, columns: readonly string[]): Value {
  return { numbers: graph.add('Concat', columns, { axis: 1 }) };
}

function transform(graph: GraphBuilder, state: EstimatorState, value: Value): Value {
  switch (state.estimator) {
    case 'MinMaxScaler':
      return { numbers: minMaxScaler(graph, state, numbersOf(value)) };
    case 'SimpleImputer':
      return simpleImputer(graph, state, value);
    case 'OneHotEncoder':
      return { numbers: oneHotEncoder(graph, state, value) };
    case 'Pipeline':
      return state.steps.reduce((one, [, step]) => transform(graph, step, one), value);
    default:
      throw new TypeError(`${state.estimator} cannot stand here`);
  }
}

/** `X * scale_ + min_`, then cut to the feature range where `clip` is set. */
function minMaxScaler(graph: GraphBuilder, { params, fitted }: MinMaxScalerState, X: string): string {
  const scale = graph.constant(DOUBLE, [fitted.nFeaturesIn], fitted.scale);
  const min = graph.constant(DOUBLE, [fitted.nFeaturesIn], fitted.min);
  const scaled = graph.add('Add', [graph.add('Mul', [X, scale]), min]);
  if (!params.clip) return scaled;
  const [low, high] = params.featureRange;
  return graph.add('Clip', [scaled, graph.constant(DOUBLE, [], [low]), graph.constant(DOUBLE, [], [high])]);
}

/** Numbers are filled here; texts when they are encoded, since a table can take every missing form for one category. */
function simpleImputer(graph: GraphBuilder, { fitted }: SimpleImputerState, value: Value): Value {
  const { statistics, nFeaturesIn } = fitted;
  if ('texts' in value) {
    return { texts: value.texts.map((text, column) => ({ ...text, filler: String(statistics[column]) })) };
  }
  const X = value.numbers;
  const fill = graph.constant(DOUBLE, [nFeaturesIn], statistics);
  return { numbers: graph.add('Where', [graph.add('IsNaN', [X]), fill, X]) };
}

/** Each column's text as its category's place, compared with all places: 1 in one of the columns, or 0 in all of them. */
function oneHotEncoder(graph: GraphBuilder, { fitted }: OneHotEncoderState, value: Value): string {
  if (!('texts' in value)) throw new TypeError('an encoder needs text');
  const parts = value.texts.map(({ value: text, filler }, column) => {
    const categories = fitted.categories[column]!;
    const missing = filler === undefined ? [] : MISSING_TEXTS.filter((form) => !categories.includes(form));
    const table = {
      keys_strings: [...categories, ...missing],
      values_int64s: [...categories.keys(), ...missing.map(() => categories.indexOf(filler!))],
      default_int64: UNKNOWN,
    };
    const place = graph.add('LabelEncoder', [text], table, undefined, ML_DOMAIN);
    const places = graph.constant(INT64, [1, categories.length], [...categories.keys()]);
    return graph.add('Cast', [graph.add('Equal', [place, places])], { to: DOUBLE });
  });
  return parts.length === 1 ? parts[0]! : graph.add('Concat', parts, { axis: 1 });
}

function numbersOf(value: Value): string {
  if ('numbers' in value) return value.numbers;
  throw new TypeError('text must be encoded before it is used as numbers');
}
