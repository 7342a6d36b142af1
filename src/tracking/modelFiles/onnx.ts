import { DataError, quote } from '../../errors.ts';
import { floatText } from '../../python/floatText.ts';
import type { LogisticRegressionState, PipelineState } from '../../values/pipelineState.ts';
import { textInputs, transformed } from './onnxColumns.ts';
import { GraphBuilder, internalPrefix } from './onnxGraph.ts';
import { BOOL, columnInfo, DOUBLE, INT64, model, STRING } from './onnxProto.ts';

const ELEMENT_TYPES = { int64: INT64, float64: DOUBLE, bool: BOOL, object: STRING } as const;

/**
 * `model.onnx`: the pipeline in double precision, operators of plain `ai.onnx` only, and of `ai.onnx.ml` for text.
 *
 * Inputs: one `(N,)` tensor a column, of doubles or of strings, named as the column (the one layout that a data frame
 * can feed). A missing number is NaN; a missing text comes as one of the forms in which readers write it.
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
  const transformers = steps.slice(0, -1).map(([, state]) => state);
  const z = decision(graph, classifier, transformed(graph, transformers, columns));
  if (classes.length === 2) binary(graph, classifier, graph.add('Squeeze', [z, axis]), probabilities);
  else multinomial(graph, classifier, z, probabilities);

  const texts = textInputs(transformers);
  return model('trainpost', {
    name: 'pipeline',
    nodes: graph.nodes,
    constants: graph.constants,
    inputs: featureNamesIn.map((name, index) => columnInfo(name, texts.has(index) ? STRING : DOUBLE)),
    outputs: [
      columnInfo('label', ELEMENT_TYPES[classesDtype]),
      ...probabilities.map((name) => columnInfo(name, DOUBLE)),
    ],
    usesMl: texts.size > 0,
  });
}

/** The pipeline's last step. @throws TypeError where that is no classifier. */
export function classifierOf(steps: PipelineState['steps']): LogisticRegressionState {
  const last = steps.at(-1)?.[1];
  if (last?.estimator !== 'LogisticRegression') throw new TypeError('the last step must be a classifier');
  return last;
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

function refuseCollisions(columns: readonly string[], outputs: readonly string[]): void {
  const column = columns.find((name) => outputs.includes(name));
  if (column === undefined) return;
  throw new DataError(
    'column_name_collides',
    `The model's answer has an output named ${quote(column)}: rename the column of that name, or ignore it.`,
    { column },
  );
}
