import { DataError, quote } from '../../errors.ts';
import type {
  EstimatorState,
  LogisticRegressionState,
  MinMaxScalerState,
  PipelineState,
} from '../../ml/state.ts';
import { floatText } from './floatText.ts';
import {
  BOOL,
  columnInfo,
  DOUBLE,
  type ElementType,
  INT64,
  model,
  node,
  STRING,
  tensor,
} from './onnxProto.ts';

const ELEMENT_TYPES = { int64: INT64, float64: DOUBLE, bool: BOOL, object: STRING } as const;

/**
 * `model.onnx`: the pipeline in double precision, operators of plain `ai.onnx` only.
 *
 * Inputs: one `(N,)` tensor of doubles a column, named as the column (the one layout that a data frame can feed).
 * Outputs: `label`, of the classes' own type, and one `(N,)` tensor `probability_<class>` a class.
 *
 * @throws DataError `column_name_collides` where a column is named as one of the outputs.
 */
export function onnxModel({ featureNamesIn, steps }: PipelineState): Buffer {
  const classifier = classifierOf(steps);
  const { classes, classesDtype } = classifier.fitted;
  const probabilities = classes.map((label) => `probability_${labelName(label, classesDtype)}`);
  refuseCollisions(featureNamesIn, ['label', ...probabilities]);

  const graph = new GraphBuilder(internalPrefix(featureNamesIn));
  const axis = graph.constant(INT64, [1], [1]);
  const columns = featureNamesIn.map((name) => graph.add('Unsqueeze', [name, axis]));
  let X = graph.add('Concat', columns, { axis: 1 });
  for (const [, state] of steps.slice(0, -1)) X = transform(graph, state, X);
  const z = decision(graph, classifier, X);
  if (classes.length === 2) binary(graph, classifier, graph.add('Squeeze', [z, axis]), probabilities);
  else multinomial(graph, classifier, z, probabilities);

  return model('trainpost', {
    name: 'pipeline',
    nodes: graph.nodes,
    constants: graph.constants,
    inputs: featureNamesIn.map((name) => columnInfo(name, DOUBLE)),
    outputs: [
      columnInfo('label', ELEMENT_TYPES[classesDtype]),
      ...probabilities.map((name) => columnInfo(name, DOUBLE)),
    ],
  });
}

/** The pipeline's last step. @throws TypeError where that is no classifier. */
export function classifierOf(steps: PipelineState['steps']): LogisticRegressionState {
  const last = steps.at(-1)?.[1];
  if (last?.estimator !== 'LogisticRegression') throw new TypeError('the last step must be a classifier');
  return last;
}

/** Collects nodes and constants, and names every value between them. */
class GraphBuilder {
  readonly nodes: Buffer[] = [];
  readonly constants: Buffer[] = [];
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a constant and returns its name. */
  constant(type: ElementType, dims: readonly number[], values: readonly (number | string)[]): string {
    const name = `${this.#prefix}c${this.constants.length}`;
    this.constants.push(tensor(name, type, dims, values));
    return name;
  }

  /** Adds an operation and returns the name of its one output. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number>> = {},
    output?: string,
  ): string {
    const name = `${this.#prefix}${operator}${this.nodes.length}`;
    this.nodes.push(node(name, operator, inputs, [output ?? name], attributes));
    return output ?? name;
  }
}

function transform(graph: GraphBuilder, state: EstimatorState, X: string): string {
  if (state.estimator !== 'MinMaxScaler') throw new TypeError(`${state.estimator} is no transformer`);
  return minMaxScaler(graph, state, X);
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

/** `X @ coef_.T + intercept_`, shape `(N, 1)` for two classes, else `(N, nClasses)`. */
function decision(graph: GraphBuilder, { fitted }: LogisticRegressionState, X: string): string {
  const { coef, intercept, nFeaturesIn } = fitted;
  const transposed = Array.from({ length: nFeaturesIn }, (_, feature) =>
    coef.map((row) => row[feature]!),
  ).flat();
  const weights = graph.constant(DOUBLE, [nFeaturesIn, coef.length], transposed);
  const bias = graph.constant(DOUBLE, [intercept.length], intercept);
  return graph.add('Add', [graph.add('MatMul', [X, weights]), bias]);
}

/** scikit-learn's way for two classes: `p1 = sigmoid(z)`, `p0 = 1 - p1`, and the second class where `z > 0`. */
function binary(
  graph: GraphBuilder,
  state: LogisticRegressionState,
  z: string,
  probabilities: readonly string[],
): void {
  const zero = graph.constant(DOUBLE, [], [0]);
  const one = graph.constant(DOUBLE, [], [1]);
  const index = graph.add('Cast', [graph.add('Greater', [z, zero])], { to: INT64 });
  gatherLabel(graph, state, index);
  const p1 = graph.add('Sigmoid', [z], {}, probabilities[1]);
  graph.add('Sub', [one, p1], {}, probabilities[0]);
}

/** `softmax(z)`, and the first class of the greatest `z`. */
function multinomial(
  graph: GraphBuilder,
  state: LogisticRegressionState,
  z: string,
  probabilities: readonly string[],
): void {
  gatherLabel(graph, state, graph.add('ArgMax', [z], { axis: 1, keepdims: 0 }));
  const p = graph.add('Softmax', [z], { axis: 1 });
  probabilities.forEach((name, index) => {
    graph.add('Gather', [p, graph.constant(INT64, [], [index])], { axis: 1 }, name);
  });
}

function gatherLabel(graph: GraphBuilder, { fitted }: LogisticRegressionState, index: string): void {
  const classes = graph.constant(ELEMENT_TYPES[fitted.classesDtype], [fitted.classes.length], fitted.classes);
  graph.add('Gather', [classes, index], { axis: 0 }, 'label');
}

/** A class as Python prints it: the real 1 is `1.0`, the boolean 1 is `True`. */
function labelName(label: number | string, dtype: LogisticRegressionState['fitted']['classesDtype']): string {
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return dtype === 'float64' ? floatText(Number(label)) : String(label);
}

/** Inputs, outputs and the values between them share one name space. This prefix is longer than that of any column. */
function internalPrefix(columns: readonly string[]): string {
  const longest = Math.max(0, ...columns.map((name) => /^_*/.exec(name)![0].length));
  return '_'.repeat(longest + 1);
}

function refuseCollisions(columns: readonly string[], outputs: readonly string[]): void {
  const column = columns.find((name) => outputs.includes(name));
  if (column === undefined) return;
  throw new DataError(
    'column_name_collides',
    `The model's answer has an output named ${quote(column)}: rename the column of that name, or ignore it.`,
    { column },
  );
}
