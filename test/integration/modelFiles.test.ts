import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listingJson, type MlmodelPlace, mlmodel, modelFiles } from '../../src/tracking/modelFiles/index.ts';
import { classifierOf } from '../../src/tracking/modelFiles/onnx.ts';
import { cutParams, pipelineParams, type RunParams } from '../../src/tracking/params.ts';
import type { ColumnInfo } from '../../src/values/dataset.ts';
import type { PipelineState } from '../../src/values/pipelineState.ts';
import type { SignatureKind } from '../../src/values/run.ts';
import { ensureVenv, pythonAvailable, runPython, type VenvName } from '../support/python.ts';
import { MODEL_CASES, type ModelCase, THRESHOLD_CASES } from '../tracking/modelFiles/cases.ts';
import { COLUMN_CASES, THRESHOLD_COLUMN_CASES } from '../tracking/modelFiles/columnCases.ts';

const TOLERANCE = 1e-12;
const WITHOUT_THRESHOLD = [...MODEL_CASES, ...COLUMN_CASES];
const CASES = [...WITHOUT_THRESHOLD, ...THRESHOLD_CASES, ...THRESHOLD_COLUMN_CASES];

const PLACES: Record<2 | 3, MlmodelPlace> = {
  // The first id has digits only, and the second looks like a number. A reader of YAML must take both for text.
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
  let folders: Record<'2 inferred' | '3 inferred' | '3 any', unknown[]>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'model-files-'));
    const writeAll = (major: 2 | 3, signature: SignatureKind) => {
      const place = PLACES[major];
      return Promise.all(
        CASES.map((modelCase, index) =>
          writeFolder(join(root, `${major}-${signature}-${index}`), modelCase, place, signature),
        ),
      );
    };
    folders = {
      '2 inferred': await writeAll(2, 'inferred'),
      '3 inferred': await writeAll(3, 'inferred'),
      '3 any': await writeAll(3, 'any'),
    };
    for (const name of ['reference', 'mlflow2', 'sklearn12'] as const) await ensureVenv(name);
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  // scikit-learn 1.5 brought the classifier with a threshold.
  describe.each<[VenvName, readonly ModelCase[]]>([
    ['reference', CASES],
    ['mlflow2', CASES],
    ['sklearn12', WITHOUT_THRESHOLD],
  ])('pickle in scikit-learn of %s', (venv, loadable) => {
    let cases: Record<string, Facts>;
    beforeAll(async () => {
      const some = folders['3 inferred'].slice(0, loadable.length);
      cases = (await runPython(venv, 'check_pickle.py', some)) as typeof cases;
    });

    it.each(loadable)('$name', ({ name, pipeline, pythonSolver }) => {
      const columns = [...pipeline.featureNamesIn];
      const { probabilityDifference, refitDifference, params, ...facts } = cases[name]!;
      expect(probabilityDifference).toBeLessThanOrEqual(TOLERANCE);
      expect(refitDifference).toBeLessThanOrEqual(TOLERANCE);
      expect(facts).toEqual({
        warnings: [],
        type: 'sklearn.pipeline.Pipeline',
        steps: pipeline.steps.map(([step]) => step),
        sameLabels: true,
        sameByThreshold: true,
        sameLabelType: true,
        sameRepr: true,
        sameParams: true,
        attributeDifferences: [],
        sameScore: true,
        sameByJoblib: true,
        featureNamesIn: columns,
        featureNamesOut: featureNamesOut(pipeline),
        sameOutput: true,
      });
      const sameSolver = classifierOf(pipeline.steps).params.solver === pythonSolver;
      if (venv === 'reference' && sameSolver)
        expect(cutParams(pipelineParams(pipeline))).toEqual(autologged(params as RunParams));
    });
  });

  describe('ONNX in onnxruntime', () => {
    let cases: Record<string, Facts>;
    beforeAll(async () => {
      cases = (await runPython('reference', 'check_onnx.py', folders['3 inferred'])) as typeof cases;
    });

    it.each(CASES)('$name', ({ name, features, outputs }) => {
      const { probabilityDifference, relativeDifference, smallestProbability, ...facts } = cases[name]!;
      expect(probabilityDifference).toBeLessThanOrEqual(TOLERANCE);
      expect(relativeDifference).toBeLessThanOrEqual(TOLERANCE);
      if (name.startsWith('rare events')) expect(smallestProbability).toBeLessThan(1e-20);
      expect(facts).toEqual({
        irVersion: 8,
        operatorSets: hasText(features)
          ? [
              ['', 13],
              ['ai.onnx.ml', 2],
            ]
          : [['', 13]],
        inputs: features.map((one) => [
          one.name,
          one.type === 'string' ? 'tensor(string)' : 'tensor(double)',
          ['N'],
        ]),
        outputs: outputs.map(([output, type]) => [output, `tensor(${type})`, ['N']]),
        sameLabels: true,
      });
    });
  });

  describe.each<[VenvName, 2 | 3, SignatureKind]>([
    ['reference', 3, 'inferred'],
    ['reference', 3, 'any'],
    ['mlflow2', 2, 'inferred'],
    ['mlflow2', 3, 'inferred'],
    ['mlflow2', 3, 'any'],
  ])('the folder in MLflow of %s, written for MLflow %i, signature=%s', (venv, major, kind) => {
    let cases: Record<string, Facts>;
    beforeAll(async () => {
      cases = (await runPython(
        venv,
        'check_model_folder.py',
        folders[`${major} ${kind}` as keyof typeof folders],
      )) as typeof cases;
    });

    it.each(CASES)('$name', ({ name, features }) => {
      const { allReal, allWhole, sameInputs, ...facts } = cases[name]!;
      expect(facts).toEqual({
        warnings: [],
        pipelineType: 'sklearn.pipeline.Pipeline',
        onnxType: 'ModelProto',
        asWritten: 'same',
        withNone: 'same',
        inferred: 'same',
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
      // Some columns have whole numbers, and others real numbers. MLflow enforces the types that it infers, but not `any`.
      const answer = (isSame: boolean) =>
        isSame ? 'same' : expect.stringContaining('Failed to enforce schema');
      const whole = features.filter(({ type, missing }) => type === 'long' && missing !== true).length;
      const numbers = features.filter(({ type }) => type !== 'string').length;
      expect({ allReal, allWhole, sameInputs }).toEqual({
        allReal: answer(kind === 'any' || whole === 0),
        allWhole: answer(kind === 'any' || whole === numbers),
        sameInputs: kind === 'inferred' || numbers === 0,
      });
    });
  });
});

/** The names that scikit-learn gives to the columns that the classifier sees. */
function featureNamesOut({ steps, featureNamesIn }: PipelineState): string[] {
  const [, first] = steps[0]!;
  if (first.estimator !== 'ColumnTransformer') return [...featureNamesIn];
  return first.transformers.flatMap(({ name, transformer, columns }) => {
    const last = transformer.estimator === 'Pipeline' ? transformer.steps.at(-1)![1] : transformer;
    return columns.flatMap((column, index) => {
      const from = `${name}__${featureNamesIn[column]}`;
      if (last.estimator !== 'OneHotEncoder') return [from];
      return last.fitted.categories[index]!.map((category) => `${from}_${category}`);
    });
  });
}

function hasText(features: readonly ColumnInfo[]): boolean {
  return features.some(({ type }) => type === 'string');
}

/** The params as MLflow's autolog would log them, cut to 6,000 characters, and the two params of the original. */
function autologged(params: RunParams): RunParams {
  const cut = Object.entries(params).map(([name, value]): [string, string] => {
    const characters = [...value];
    return [name, characters.length > 6000 ? `${characters.slice(0, 5997).join('')}...` : value];
  });
  const param = (name: string) => params[`model__${name}`] ?? params[`model__estimator__${name}`]!;
  return { C: param('C'), max_iter: param('max_iter'), ...Object.fromEntries(cut) };
}

/** Writes the model folder of a case, and returns the facts that the check scripts need. */
async function writeFolder(
  folder: string,
  modelCase: ModelCase,
  place: MlmodelPlace,
  signature: SignatureKind,
) {
  const { name, rows, labels, pythonSolver, pipeline, features, inputExample, origin } = modelCase;
  const utcTimeCreated = new Date('2026-11-23T02:11:39.922Z');
  const { files, facts } = modelFiles({
    pipeline,
    features,
    inputExample,
    origin,
    signature,
    utcTimeCreated,
  });
  await mkdir(folder);
  for (const { path, bytes } of files) await writeFile(join(folder, path), bytes);
  await writeFile(join(folder, 'MLmodel'), mlmodel(facts, place));
  return {
    name,
    folder,
    json: listingJson(facts, place),
    columns: pipeline.featureNamesIn,
    features,
    rows,
    ...(labels !== undefined && { labels }),
    pythonSolver,
    steps: pipeline.steps,
  };
}
