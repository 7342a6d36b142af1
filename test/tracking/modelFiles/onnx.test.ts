import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/errors.ts';
import { onnxModel } from '../../../src/tracking/modelFiles/onnx.ts';
import { modelCase } from './cases.ts';

const refusal = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('onnxModel', () => {
  it.each([
    ['label', {}],
    ['probability_0', {}],
    ['probability_yes', { classes: ['no', 'yes'], classesDtype: 'object' as const }],
    ['probability_2.0', { classes: [1, 2], classesDtype: 'float64' as const }],
  ])('refuses a column named %s, as an output is', (column, oddities) => {
    const { pipeline } = modelCase('collision', { columns: ['a', column, 'b'], ...oddities });
    const error = refusal(() => onnxModel(pipeline));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: 'column_name_collides', details: { column } });
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

  it('refuses a pipeline that does not end with a classifier', () => {
    const { pipeline } = modelCase('unfinished');
    expect(() => onnxModel({ ...pipeline, steps: pipeline.steps.slice(0, 1) })).toThrow('a classifier');
    expect(() => onnxModel({ ...pipeline, steps: [...pipeline.steps, ...pipeline.steps] })).toThrow(
      TypeError,
    );
  });
});
