import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MlmodelPlace, mlmodel, modelFiles } from '../../src/tracking/modelFiles/index.ts';
import { ensureVenv, pythonAvailable, runPython, type VenvName } from '../support/python.ts';
import { MODEL_CASES, type ModelCase } from '../tracking/modelFiles/cases.ts';

const TOLERANCE = 1e-12;
/** An environment is made once; then this bounds one script over all cases. */
const VENV_TIMEOUT_MS = 900_000;

const PLACES: Record<2 | 3, MlmodelPlace> = {
  // Digits only, and what looks like a number: a reader of YAML must take both for text.
  2: {
    mlflowMajor: 2,
    runId: '12345678901234567890123456789012',
    modelUuid: '1e10',
    artifactPath: 'Größe-model',
  },
  3: {
    mlflowMajor: 3,
    runId: '0123456789abcdef0123456789abcdef',
    modelUuid: 'f'.repeat(32),
    artifactPath: 'mlflow-artifacts:/1/models/m-1/artifacts',
    modelId: 'm-0123456789abcdef0123456789abcdef',
  },
};

type Facts = Record<string, unknown>;

describe.skipIf(!pythonAvailable)('the model folder in Python', () => {
  let root = '';
  let folders: Record<2 | 3, unknown[]>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'model-files-'));
    const writeAll = (major: 2 | 3) =>
      Promise.all(MODEL_CASES.map((modelCase, index) => writeFolder(root, modelCase, index, PLACES[major])));
    folders = { 2: await writeAll(2), 3: await writeAll(3) };
    for (const name of ['reference', 'mlflow2', 'sklearn12'] as const) await ensureVenv(name);
  }, VENV_TIMEOUT_MS);

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  describe.each<[VenvName]>([['reference'], ['mlflow2'], ['sklearn12']])(
    'pickle in scikit-learn of %s',
    (venv) => {
      let cases: Record<string, Facts>;
      beforeAll(async () => {
        cases = (await runPython(venv, 'check_pickle.py', folders[3])) as typeof cases;
      });

      it.each(MODEL_CASES)('$name', ({ name, pipeline }) => {
        const columns = [...pipeline.featureNamesIn];
        const { probabilityDifference, refitDifference, ...facts } = cases[name]!;
        expect(probabilityDifference).toBeLessThanOrEqual(TOLERANCE);
        expect(refitDifference).toBeLessThanOrEqual(TOLERANCE);
        expect(facts).toEqual({
          warnings: [],
          type: 'sklearn.pipeline.Pipeline',
          steps: ['scaler', 'model'],
          sameLabels: true,
          sameLabelType: true,
          sameRepr: true,
          sameParams: true,
          sameAttributes: true,
          sameScore: true,
          sameByJoblib: true,
          featureNamesIn: columns,
          featureNamesOut: columns,
          setOutputColumns: columns,
        });
      });
    },
  );

  describe('ONNX in onnxruntime', () => {
    let cases: Record<string, Facts>;
    beforeAll(async () => {
      cases = (await runPython('reference', 'check_onnx.py', folders[3])) as typeof cases;
    });

    it.each(MODEL_CASES)('$name', ({ name, pipeline, outputs }) => {
      const { probabilityDifference, ...facts } = cases[name]!;
      expect(probabilityDifference).toBeLessThanOrEqual(TOLERANCE);
      expect(facts).toEqual({
        irVersion: 8,
        operatorSets: [['', 13]],
        inputs: pipeline.featureNamesIn.map((column) => [column, 'tensor(double)', ['N']]),
        outputs: outputs.map(([output, type]) => [output, `tensor(${type})`, ['N']]),
        sameLabels: true,
      });
    });
  });

  describe.each<[VenvName, 2 | 3]>([
    ['reference', 3],
    ['mlflow2', 2],
    ['mlflow2', 3],
  ])('the folder in MLflow of %s, written for MLflow %i', (venv, major) => {
    let cases: Record<string, Facts>;
    beforeAll(async () => {
      cases = (await runPython(venv, 'check_model_folder.py', folders[major])) as typeof cases;
    });

    it.each(MODEL_CASES)('$name', ({ name, features }) => {
      const { allReal, allWhole, sameInputs, ...facts } = cases[name]!;
      expect(facts).toEqual({
        warnings: [],
        pipelineType: 'sklearn.pipeline.Pipeline',
        onnxType: 'ModelProto',
        asWritten: 'same',
        reordered: 'same',
        extraColumn: 'same',
        example: 'same',
        sameExample: true,
        served: 'same',
        sameOutputs: true,
        runId: PLACES[major].runId,
        modelUuid: PLACES[major].modelUuid,
        modelId: PLACES[major].modelId ?? null,
        artifactPath: PLACES[major].artifactPath,
        utcTimeCreated: '2026-11-23 02:11:39.922000',
        sizeIsTrue: true,
        sameAsJson: true,
      });
      // The first column is whole, the others are real: MLflow's inferred types hold a caller to that, `any` does not.
      const refusal = expect.stringContaining('Failed to enforce schema');
      expect({ allReal, allWhole, sameInputs }).toEqual(
        major === 3
          ? { allReal: 'same', allWhole: 'same', sameInputs: false }
          : { allReal: refusal, allWhole: features.length === 1 ? 'same' : refusal, sameInputs: true },
      );
    });
  });
});

/** Writes a case's folder and says what the check scripts need to know of it. */
async function writeFolder(root: string, modelCase: ModelCase, index: number, place: MlmodelPlace) {
  const { name, rows, pythonSolver, pipeline, features, inputExample } = modelCase;
  const utcTimeCreated = new Date('2026-11-23T02:11:39.922Z');
  const { files, facts } = modelFiles({ pipeline, features, inputExample, utcTimeCreated });
  const { yaml, json } = mlmodel(facts, place);
  const folder = join(root, `${place.mlflowMajor}-${index}`);
  await mkdir(folder);
  for (const { path, bytes } of files) await writeFile(join(folder, path), bytes);
  await writeFile(join(folder, 'MLmodel'), yaml);
  return {
    name,
    folder,
    json,
    columns: pipeline.featureNamesIn,
    rows,
    pythonSolver,
    steps: Object.fromEntries(pipeline.steps),
  };
}
