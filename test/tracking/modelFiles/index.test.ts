import { describe, expect, it } from 'vitest';
import { mlmodel, modelFiles } from '../../../src/tracking/modelFiles/index.ts';
import { MODEL_CASES, modelCase, THRESHOLD_CASES } from './cases.ts';
import { COLUMN_CASES, THRESHOLD_COLUMN_CASES } from './columnCases.ts';

const utcTimeCreated = new Date('2026-11-23T02:11:39.922Z');
const textOf = (input: Parameters<typeof modelFiles>[0], path: string) =>
  modelFiles(input)
    .files.find((file) => file.path === path)!
    .bytes.toString();

describe('modelFiles', () => {
  it.each([...MODEL_CASES, ...COLUMN_CASES, ...THRESHOLD_CASES, ...THRESHOLD_COLUMN_CASES])(
    '$name: the same input gives the same bytes',
    (input) => {
      const first = modelFiles({ ...input, utcTimeCreated });
      const second = modelFiles({ ...structuredClone(input), utcTimeCreated: new Date(utcTimeCreated) });
      expect(second).toEqual(first);
    },
  );

  it('gives every file of the folder but MLmodel, and their true size', () => {
    const { files, facts } = modelFiles({ ...modelCase('plain'), utcTimeCreated });
    expect(files.map(({ path }) => path)).toEqual([
      'model.pkl',
      'model.onnx',
      'input_example.json',
      'serving_input_example.json',
      'requirements.txt',
      'python_env.yaml',
      'conda.yaml',
      'model.json',
    ]);
    expect(facts.modelSizeBytes).toBe(files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
    expect(facts.utcTimeCreated).toBe('2026-11-23 02:11:39.922000');
  });

  it('describes the model in JSON', () => {
    const positive = 1;
    const trained = { digest: 'a', trainDigest: 'b', trainRows: 10, testRows: 5 };
    const profile = [{ name: 'BMI', kind: 'number', edges: [1.5], counts: [4, 6], missing: 0 }] as const;
    const input = {
      ...modelCase('plain', { model: { C: Number.POSITIVE_INFINITY } }),
      utcTimeCreated,
      origin: { target: 'y', positive, trained, profile },
    };
    const { pipeline, ...rest } = JSON.parse(textOf(input, 'model.json'));
    expect(rest).toEqual({
      version: 1,
      features: input.features,
      target: { name: 'y', classes: [0, 1], dtype: 'int64' },
      positive,
      trained,
      profile,
    });
    expect(pipeline.steps[1][1].params.C).toBe('Infinity');
    expect(pipeline.steps[0]).toEqual(input.pipeline.steps[0]);
  });

  it('gives facts that can wait as JSON', () => {
    const { facts } = modelFiles({ ...modelCase('plain'), utcTimeCreated });
    const place = { mlflowMajor: 3, runId: 'r', modelUuid: 'u', artifactPath: 'a', modelId: 'm' } as const;
    expect(mlmodel(JSON.parse(JSON.stringify(facts)), place)).toEqual(mlmodel(facts, place));
  });

  it('writes the input example as pandas would, a real column with its points', () => {
    const input = {
      ...modelCase('plain'),
      utcTimeCreated,
      inputExample: {
        columns: ['Pregnancies', 'BMI', 'DiabetesPedigreeFunction'],
        data: [
          [6, 33, 0.627],
          [-1, 1e21, Number.NaN],
        ],
      },
    };
    const example =
      '{"columns":["Pregnancies","BMI","DiabetesPedigreeFunction"],"data":[[6,33.0,0.627],[-1,1e+21,null]]}';
    expect(textOf(input, 'input_example.json')).toBe(example);
    expect(textOf(input, 'serving_input_example.json')).toBe(`{"dataframe_split":${example}}`);
  });

  it('writes a boolean column of the input example as booleans', () => {
    const input = {
      ...modelCase('plain'),
      utcTimeCreated,
      features: [{ name: 'flag', type: 'boolean' as const }],
      inputExample: { columns: ['flag'], data: [[1], [0]] },
    };
    expect(textOf(input, 'input_example.json')).toBe('{"columns":["flag"],"data":[[true],[false]]}');
  });

  it('writes text and missing cells, and whole numbers of a column with missing ones as pandas reads them', () => {
    const input = {
      ...modelCase('plain'),
      utcTimeCreated,
      features: [
        { name: 'city', type: 'string' as const },
        { name: 'age', type: 'long' as const, missing: true },
        { name: 'flag', type: 'boolean' as const, missing: true },
      ],
      inputExample: {
        columns: ['city', 'age', 'flag'],
        data: [
          ['Łódź "1"', 6, 1],
          [null, null, null],
          ['42', -0.5, 0],
        ],
      },
    };
    expect(textOf(input, 'input_example.json')).toBe(
      '{"columns":["city","age","flag"],"data":[["Łódź \\"1\\"",6.0,true],[null,null,null],["42",-0.5,false]]}',
    );
  });

  it.each([
    ['numbers imputed by mean', [{ missing: true }, { missing: true }, {}]],
    ['numbers and text, imputed by mean', [{ missing: true }, { missing: true }, { missing: true }, {}]],
  ])('tells which columns may have missing values: %s', (name, expected) => {
    const one = COLUMN_CASES.find((each) => each.name === name)!;
    const { facts } = modelFiles({ ...one, utcTimeCreated });
    expect(facts.features).toEqual(one.features);
    expect(facts.features.map(({ name: _, type: __, ...rest }) => rest)).toEqual(expected);
  });

  it('of a model that imputes nothing no column may have any, though the file had some', () => {
    const features = [
      { name: 'Pregnancies', type: 'long' as const, missing: true },
      { name: 'BMI', type: 'double' as const, missing: true },
      { name: 'DiabetesPedigreeFunction', type: 'double' as const },
    ];
    const { facts } = modelFiles({ ...modelCase('dropped'), features, utcTimeCreated });
    expect(facts.features).toEqual(features.map(({ name }) => ({ name, type: 'double' })));
  });

  it('pins nothing but Python', () => {
    const input = { ...modelCase('plain'), utcTimeCreated };
    expect(textOf(input, 'requirements.txt').split('\n')).toEqual([
      'mlflow',
      'scikit-learn',
      'numpy',
      'pandas',
      '',
    ]);
    expect(textOf(input, 'conda.yaml').match(/\S*=\S*/g)).toEqual(['python=3.11.7']);
    expect(textOf(input, 'python_env.yaml')).toContain('python: 3.11.7\n');
  });

  it('asks for the scikit-learn that brought thresholds, if there is a threshold', () => {
    const input = {
      ...modelCase('threshold', { threshold: { threshold: 0.3, posLabel: 1 } }),
      utcTimeCreated,
    };
    expect(textOf(input, 'requirements.txt')).toBe('mlflow\nscikit-learn>=1.5\nnumpy\npandas\n');
    expect(textOf(input, 'conda.yaml')).toContain('- scikit-learn>=1.5\n');
  });

  it('takes a column that is named as an output', () => {
    const { files } = modelFiles({ ...modelCase('collision', { columns: ['label'] }), utcTimeCreated });
    expect(files.map(({ path }) => path)).toContain('model.onnx');
  });
});
