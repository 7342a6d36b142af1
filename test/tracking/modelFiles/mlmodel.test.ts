import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  listingJson,
  type MlmodelFacts,
  type MlmodelPlace,
  mlmodel,
} from '../../../src/tracking/modelFiles/mlmodel.ts';

const FACTS: MlmodelFacts = {
  features: [
    { name: 'Age', type: 'long' },
    { name: 'Größe "é" \u2028', type: 'double' },
    { name: 'city', type: 'string' },
  ],
  classesDtype: 'int64',
  modelSizeBytes: 3524,
  utcTimeCreated: '2026-11-23 02:11:39.922000',
};
const PLACE: MlmodelPlace = {
  mlflowMajor: 3,
  runId: 'r',
  modelUuid: 'u',
  artifactPath: 'diabetes-model',
  modelId: 'm-1',
};

/** As MLflow reads it: YAML 1.1. */
const read = (facts: Partial<MlmodelFacts>, place: Partial<MlmodelPlace> = {}) => {
  return parse(mlmodel({ ...FACTS, ...facts }, { ...PLACE, ...place }), { version: '1.1' });
};
const types = (document: { signature: { inputs: string } }) =>
  JSON.parse(document.signature.inputs).map((column: { type: string }) => column.type);

describe('mlmodel', () => {
  it('names the files by flavor', () => {
    const { python_function: pyfunc, sklearn, onnx } = read({}).flavors;
    expect(pyfunc).toMatchObject({
      loader_module: 'mlflow.sklearn',
      model_path: 'model.pkl',
      predict_fn: 'predict',
    });
    expect(pyfunc.env).toEqual({ conda: 'conda.yaml', virtualenv: 'python_env.yaml' });
    expect(sklearn).toMatchObject({ pickled_model: 'model.pkl', serialization_format: 'pickle', code: null });
    expect(onnx).toMatchObject({ data: 'model.onnx', providers: ['CPUExecutionProvider'] });
  });

  it('names the description, if the folder has one', () => {
    expect(read({ hasDescription: true }).flavors.trainpost).toEqual({ data: 'model.json', version: 1 });
    expect(read({}).flavors).not.toHaveProperty('trainpost');
  });

  it('says where the model is logged', () => {
    expect(read({})).toMatchObject({
      artifact_path: 'diabetes-model',
      model_id: 'm-1',
      model_size_bytes: 3524,
      model_uuid: 'u',
      run_id: 'r',
      utc_time_created: '2026-11-23 02:11:39.922000',
    });
  });

  it('has no model id where there is none', () => {
    const { modelId: _, ...place } = PLACE;
    expect(mlmodel(FACTS, place)).not.toContain('model_id');
  });

  it.each([2, 3] as const)('has the types of infer_signature, which every MLflow %i reads', (mlflowMajor) => {
    const document = read({}, { mlflowMajor });
    expect(types(document)).toEqual(['long', 'double', 'string']);
    expect(document.mlflow_version.startsWith(`${mlflowMajor}.`)).toBe(true);
  });

  it('has the version of the server, if it is known', () => {
    expect(read({}, { mlflowVersion: '2.14.3' }).mlflow_version).toBe('2.14.3');
  });

  it('takes whole and real numbers alike with the signature `any`', () => {
    expect(types(read({ signature: 'any' }))).toEqual(['any', 'any', 'string']);
  });

  it('has no signature with `none`', () => {
    expect(read({ signature: 'none' })).not.toHaveProperty('signature');
  });

  it('is listed with the keys that MLflow 2.22 keeps, however many columns there are', () => {
    const features = Array.from({ length: 900 }, (_, index) => ({
      name: `c${index}`,
      type: 'long' as const,
    }));
    const json = listingJson({ ...FACTS, features }, PLACE);
    expect(json.length).toBeLessThan(1_000);
    const keys = ['run_id', 'artifact_path', 'utc_time_created', 'model_uuid', 'flavors'];
    expect(Object.keys(JSON.parse(json))).toEqual(keys);
    expect(JSON.parse(json).flavors).toEqual(read({}).flavors);
  });

  it.each<[MlmodelFacts['classesDtype'], unknown]>([
    ['int64', { type: 'tensor', 'tensor-spec': { dtype: 'int64', shape: [-1] } }],
    ['float64', { type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1] } }],
    ['object', { type: 'string', required: true }],
  ])('%s labels', (classesDtype, expected) => {
    expect(JSON.parse(read({ classesDtype }).signature.outputs)).toEqual([expected]);
  });

  it('requires no column that had missing values; whole ones are real then', () => {
    const features: MlmodelFacts['features'] = [
      { name: 'Age', type: 'long', missing: true },
      { name: 'flag', type: 'boolean', missing: true },
      { name: 'city', type: 'string', missing: true },
      { name: 'BMI', type: 'double' },
    ];
    expect(JSON.parse(read({ features }, { mlflowMajor: 2 }).signature.inputs)).toEqual([
      { type: 'double', name: 'Age', required: false },
      { type: 'boolean', name: 'flag', required: false },
      { type: 'string', name: 'city', required: false },
      { type: 'double', name: 'BMI', required: true },
    ]);
    expect(types(read({ features, signature: 'any' }))).toEqual(['any', 'any', 'string', 'any']);
  });

  it('keeps odd column names, in ASCII', () => {
    const { inputs } = read({}).signature;
    expect(JSON.parse(inputs).map((column: { name: string }) => column.name)).toEqual(
      FACTS.features.map(({ name }) => name),
    );
    expect(inputs).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each(['no', '1e10', '0123', '1_000', '2026-11-23', '=', '~', 'a: b', "it's", 'Größe'])(
    '%s stays text',
    (text) => {
      expect(read({}, { artifactPath: text, runId: text, modelUuid: text })).toMatchObject({
        artifact_path: text,
        run_id: text,
        model_uuid: text,
      });
      expect(mlmodel(FACTS, { ...PLACE, runId: text })).toMatch(/^run_id: ['"]/m);
    },
  );
});
