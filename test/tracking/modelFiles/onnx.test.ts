import { describe, expect, it } from 'vitest';
import { onnxModel } from '../../../src/tracking/modelFiles/onnx.ts';
import type { PipelineState } from '../../../src/values/pipelineState.ts';
import { modelCase } from './cases.ts';
import { COLUMN_CASES } from './columnCases.ts';

/** Fields of an encoded message that are messages, bytes or texts, by their numbers. */
function* fieldsOf(message: Buffer): Generator<{ readonly field: number; readonly bytes: Buffer }> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const length = varint();
    if (key % 8 !== 2) continue;
    yield { field: key >> 3, bytes: message.subarray(at, at + length) };
    at += length;
  }
}

/** Names of the graph's outputs. See `ModelProto`, `GraphProto` and `ValueInfoProto` in onnx/onnx.proto. */
function outputsOf(model: Buffer): string[] {
  const inside = (message: Buffer, wanted: number) =>
    [...fieldsOf(message)].filter(({ field }) => field === wanted).map(({ bytes }) => bytes);
  const [graph] = inside(model, 7);
  return inside(graph!, 12).map((output) => inside(output, 1)[0]!.toString('utf8'));
}

describe('onnxModel', () => {
  it.each([
    [['label'], {}, ['label_', 'probability_0', 'probability_1']],
    [['label', 'label_'], {}, ['label__', 'probability_0', 'probability_1']],
    [['probability_0', 'probability_1'], {}, ['label', 'probability_0_', 'probability_1_']],
    [
      ['probability_a'],
      { classes: ['a', 'a_'], classesDtype: 'object' as const },
      ['label', 'probability_a__', 'probability_a_'],
    ],
    [
      ['probability_2.0'],
      { classes: [1, 2], classesDtype: 'float64' as const },
      ['label', 'probability_1.0', 'probability_2.0_'],
    ],
  ])('names the outputs around columns named %s', (named, oddities, outputs) => {
    const columns = ['a', ...named, 'b'];
    const { pipeline } = modelCase('collision', { columns, ...oddities });
    expect(outputsOf(onnxModel(pipeline))).toEqual(outputs);
  });

  it.each([
    ['Label', {}],
    ['probability_2', {}],
    ['probability_1', { classes: [1, 2], classesDtype: 'float64' as const }],
    ['_c0', {}],
    ['__Concat1', {}],
    ['constructor', {}],
  ])('takes a column named %s', (column, oddities) => {
    const { pipeline } = modelCase('no collision', { columns: [column, 'b'], ...oddities });
    expect(onnxModel(pipeline).length).toBeGreaterThan(500);
  });

  it('names inner values so that no column can be one of them', () => {
    const { pipeline } = modelCase('underscores', { columns: ['___x', '_y', 'z'] });
    const names = onnxModel(pipeline)
      .toString('latin1')
      .match(/_+(?:c|[A-Z][A-Za-z]+)\d+/g)!;
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !name.startsWith('____'))).toEqual([]);
  });

  /** How often a word stands in the file of a case. */
  const count = (name: string, word: string) =>
    onnxModel(COLUMN_CASES.find((one) => one.name === name)!.pipeline)
      .toString('latin1')
      .split(word).length - 1;

  it('has operators for text where there is some, and no others', () => {
    expect(count('numbers imputed by mean', 'ai.onnx.ml')).toBe(0);
    // Once at each of its two tables, and once where the file says what it needs.
    expect(count('text alone, nothing missing', 'ai.onnx.ml')).toBe(3);
  });

  it('refuses text as numbers, and numbers as text', () => {
    const { pipeline } = COLUMN_CASES.find(({ name }) => name === 'text alone, nothing missing')!;
    const [[name, columns], model] = [pipeline.steps[0]!, pipeline.steps[1]!];
    if (columns.estimator !== 'ColumnTransformer') throw new Error('the first step splits the columns');
    const [branch] = columns.transformers;
    if (branch?.transformer.estimator !== 'Pipeline') throw new Error('a branch is a pipeline');
    const encoder = branch.transformer.steps[0]!;
    const [, scaler] = modelCase('plain').pipeline.steps[0]!;
    const branchOf = (...steps: PipelineState['steps']) => ({
      ...pipeline,
      steps: [
        [name, { ...columns, transformers: [{ ...branch, transformer: { ...branch.transformer, steps } }] }],
        model,
      ] as const,
    });
    expect(() => onnxModel(branchOf(['scaler', scaler], encoder))).toThrow(/text must be encoded/);
    expect(() => onnxModel(branchOf(encoder, encoder))).toThrow(/an encoder needs text/);
  });

  it('refuses a threshold of more than two classes', () => {
    const { pipeline } = modelCase('three', { classes: [0, 1, 2] });
    const [name, classifier] = pipeline.steps.at(-1)!;
    if (classifier.estimator !== 'LogisticRegression') throw new Error('the last step is a regression');
    const params = { threshold: 0.3, posLabel: 1 };
    const last = [name, { estimator: 'FixedThresholdClassifier', params, classifier }] as const;
    const steps = [...pipeline.steps.slice(0, -1), last];
    expect(() => onnxModel({ ...pipeline, steps })).toThrow('only two classes');
  });

  it('refuses a pipeline that does not end with a classifier', () => {
    const { pipeline } = modelCase('unfinished');
    expect(() => onnxModel({ ...pipeline, steps: pipeline.steps.slice(0, 1) })).toThrow('a classifier');
    expect(() => onnxModel({ ...pipeline, steps: [...pipeline.steps, ...pipeline.steps] })).toThrow(
      TypeError,
    );
  });
});
