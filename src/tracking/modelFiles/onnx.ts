import { floatText } from '../../python/floatText.ts';
import type {
  FixedThresholdClassifierState,
  LogisticRegressionState,
  PipelineState,
} from '../../values/pipelineState.ts';
import { textInputs, transformed } from './onnxColumns.ts';
import { GraphBuilder, internalPrefix } from './onnxGraph.ts';
import { BOOL, columnInfo, DOUBLE, INT64, model, STRING } from './onnxProto.ts';

const ELEMENT_TYPES = { int64: INT64, float64: DOUBLE, bool: BOOL, object: STRING } as const;

/**
 * `model.onnx`: the pipeline in double precision, operators of plain `ai.onnx` only, and of `ai.onnx.ml` for text.
 *
 * Inputs: one `(N,)` tensor a column, of doubles or of strings, named as the column (the one layout that a data frame
 * can feed). A missing number is NaN; a missing text comes as one of the forms in which readers write it.
 * Outputs: `label`, of the classes' own type, and one `(N,)` tensor `probability_<class>` a class. The label is the
 * second of two classes if its score is above 0; or the positive class from the pipeline's threshold on, if it has one.
 * If a column has the name of an output, the output has one `_` more at its end, or as many as make the name free.
 */
export function onnxModel({ featureNamesIn, steps }: PipelineState): Buffer {
  const classifier = classifierOf(steps);
  const { classes, classesDtype } = classifier.fitted;
  const wanted = ['label', ...classes.map((label) => `probability_${labelName(label, classesDtype)}`)];
  const [labelOutput, ...probabilities] = freeNames(wanted, featureNamesIn) as [string, ...string[]];

  const graph = new GraphBuilder(internalPrefix(featureNamesIn));
  const axis = graph.constant(INT64, [1], [1]);
  const columns = featureNamesIn.map((name) => graph.add('Unsqueeze', [name, axis]));
  const transformers = steps.slice(0, -1).map(([, state]) => state);
  const z = decision(graph, classifier, transformed(graph, transformers, columns));
  const threshold = thresholdOf(steps);
  const outputs = { label: labelOutput, probabilities };
  if (classes.length === 2) {
    binary(graph, { classifier, threshold }, graph.add('Squeeze', [z, axis]), outputs);
  } else if (threshold === undefined) multinomial(graph, classifier, z, outputs);
  else throw new TypeError('only two classes can have a threshold');

  const texts = textInputs(transformers);
  return model('trainpost', {
    name: 'pipeline',
    nodes: graph.nodes,
    constants: graph.constants,
    inputs: featureNamesIn.map((name, index) => columnInfo(name, texts.has(index) ? STRING : DOUBLE)),
    outputs: [
      columnInfo(labelOutput, ELEMENT_TYPES[classesDtype]),
      ...probabilities.map((name) => columnInfo(name, DOUBLE)),
    ],
    usesMl: texts.size > 0,
  });
}

/** Returns the regression at the pipeline's end, with or without a threshold. @throws TypeError if there is no such */
export function classifierOf(steps: PipelineState['steps']): LogisticRegressionState {
  const last = steps.at(-1)?.[1];
  const classifier = last?.estimator === 'FixedThresholdClassifier' ? last.classifier : last;
  if (classifier?.estimator !== 'LogisticRegression')
    throw new TypeError('the last step must be a classifier');
  return classifier;
}

/** Returns the threshold of the pipeline's labels; undefined if it is the usual threshold. */
export function thresholdOf(
  steps: PipelineState['steps'],
): FixedThresholdClassifierState['params'] | undefined {
  const last = steps.at(-1)?.[1];
  return last?.estimator === 'FixedThresholdClassifier' ? last.params : undefined;
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

/** Names of the graph's outputs. */
interface Outputs {
  readonly label: string;
  readonly probabilities: readonly string[];
}

interface Binary {
  readonly classifier: LogisticRegressionState;
  readonly threshold: FixedThresholdClassifierState['params'] | undefined;
}

/**
 * scikit-learn's way for two classes: `p1 = 1 / (1 + exp(-z))`, `p0 = 1 - p1`, and the second class if `z > 0`.
 * onnxruntime computes its operator Sigmoid as `1 - 1 / (1 + exp(z))` if `z < 0`, which loses small probabilities.
 */
function binary(
  graph: GraphBuilder,
  { classifier, threshold }: Binary,
  z: string,
  { label, probabilities }: Outputs,
): void {
  const one = graph.constant(DOUBLE, [], [1]);
  const below = graph.add('Add', [one, graph.add('Exp', [graph.add('Neg', [z])])]);
  const p1 = graph.add('Div', [one, below], {}, probabilities[1]);
  const p0 = graph.add('Sub', [one, p1], {}, probabilities[0]);
  if (threshold === undefined) {
    const isSecond = graph.add('Greater', [z, graph.constant(DOUBLE, [], [0])]);
    gatherLabel(graph, classifier, graph.add('Cast', [isSecond], { to: INT64 }), label);
    return;
  }
  const { posLabel } = threshold;
  const isFirst = posLabel !== null && classifier.fitted.classes.indexOf(posLabel) === 0;
  const least = graph.constant(DOUBLE, [], [threshold.threshold]);
  const isPositive = graph.add('GreaterOrEqual', [isFirst ? p0 : p1, least]);
  const isSecond = isFirst ? graph.add('Not', [isPositive]) : isPositive;
  gatherLabel(graph, classifier, graph.add('Cast', [isSecond], { to: INT64 }), label);
}

/** `softmax(z)`, and the first class of the greatest `z`. */
function multinomial(
  graph: GraphBuilder,
  state: LogisticRegressionState,
  z: string,
  { label, probabilities }: Outputs,
): void {
  gatherLabel(graph, state, graph.add('ArgMax', [z], { axis: 1, keepdims: 0 }), label);
  const p = graph.add('Softmax', [z], { axis: 1 });
  probabilities.forEach((name, index) => {
    graph.add('Gather', [p, graph.constant(INT64, [], [index])], { axis: 1 }, name);
  });
}

function gatherLabel(
  graph: GraphBuilder,
  { fitted }: LogisticRegressionState,
  index: string,
  output: string,
): void {
  const classes = graph.constant(ELEMENT_TYPES[fitted.classesDtype], [fitted.classes.length], fitted.classes);
  graph.add('Gather', [classes, index], { axis: 0 }, output);
}

/** A class as Python prints it: the real 1 is `1.0`, the boolean 1 is `True`. */
function labelName(label: number | string, dtype: LogisticRegressionState['fitted']['classesDtype']): string {
  if (dtype === 'bool') return label === 1 ? 'True' : 'False';
  return dtype === 'float64' ? floatText(Number(label)) : String(label);
}

/** Makes names that no column has, each by as few `_` at its end as possible. Names that are free stay. */
function freeNames(wanted: readonly string[], columns: readonly string[]): string[] {
  const columnNames = new Set(columns);
  const taken = new Set([...columns, ...wanted]);
  return wanted.map((name) => {
    if (!columnNames.has(name)) return name;
    let free = name;
    do free += '_';
    while (taken.has(free));
    taken.add(free);
    return free;
  });
}
