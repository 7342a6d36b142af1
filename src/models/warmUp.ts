import { MODEL_FLAVOR, type ModelDescription } from '../values/loadedModel.ts';
import { readModel } from './readModel.ts';
import type { ModelRegistry } from './registry.ts';

/** Rounds after which another round is no faster. */
const ROUNDS = 5;

/** A model with one feature of each kind. */
const DESCRIPTION: ModelDescription = {
  pipeline: {
    estimator: 'Pipeline',
    featureNamesIn: ['number', 'text'],
    steps: [
      [
        'columns',
        {
          estimator: 'ColumnTransformer',
          transformers: [
            {
              name: 'numbers',
              transformer: {
                estimator: 'Pipeline',
                steps: [
                  [
                    'imputer',
                    {
                      estimator: 'SimpleImputer',
                      params: { strategy: 'mean', missingValues: 'nan' },
                      fitted: { nFeaturesIn: 1, statistics: [0.5] },
                    },
                  ],
                  [
                    'scaler',
                    {
                      estimator: 'MinMaxScaler',
                      params: { featureRange: [0, 1], clip: false },
                      fitted: {
                        nFeaturesIn: 1,
                        nSamplesSeen: 2,
                        dataMin: [0],
                        dataMax: [1],
                        dataRange: [1],
                        scale: [1],
                        min: [0],
                      },
                    },
                  ],
                ],
              },
              columns: [0],
              nFeaturesOut: 1,
            },
            {
              name: 'texts',
              transformer: {
                estimator: 'OneHotEncoder',
                params: { handleUnknown: 'ignore' },
                fitted: { nFeaturesIn: 1, categories: [['a', 'b']] },
              },
              columns: [1],
              nFeaturesOut: 2,
            },
          ],
          fitted: { nFeaturesIn: 2 },
        },
      ],
      [
        'model',
        {
          estimator: 'LogisticRegression',
          params: { C: 1, tol: 1e-4, maxIter: 100, solver: 'lbfgs', classWeight: null },
          fitted: {
            nFeaturesIn: 3,
            classes: [0, 1],
            classesDtype: 'int64',
            coef: [[1, 0.5, -0.5]],
            intercept: [0],
            nIter: 1,
            converged: true,
          },
        },
      ],
    ],
  },
  features: [
    { name: 'number', type: 'double' },
    { name: 'text', type: 'string' },
  ],
  target: { name: 'label', classes: [0, 1], dtype: 'int64' },
  positive: 1,
  trained: { digest: '', trainDigest: '', trainRows: 2, testRows: 1 },
  profile: [
    { name: 'number', kind: 'number', edges: [0.5], counts: [1, 1], missing: 0 },
    { name: 'text', kind: 'text', categories: ['a', 'b'], counts: [1, 1], others: 0, missing: 0 },
  ],
};

const MLMODEL = `flavors:
  ${MODEL_FLAVOR.name}:
    data: '${MODEL_FLAVOR.file}'
    version: ${MODEL_FLAVOR.version}
run_id: '0'
signature:
  inputs: '[{"type":"double","name":"number","required":true}]'
  params: null
`;

/** Reads a made-up model and predicts with it, so that the code is loaded and compiled for the first real model. */
export async function warmUpModels(): Promise<void> {
  const files: Readonly<Record<string, string>> = {
    MLmodel: MLMODEL,
    [MODEL_FLAVOR.file]: JSON.stringify({ version: MODEL_FLAVOR.version, ...DESCRIPTION }),
  };
  const registry: ModelRegistry = {
    findAlias: () => Promise.resolve(undefined),
    findOfRun: () => Promise.resolve(undefined),
    readFile: (_address, file) => Promise.resolve(files[file]),
  };
  for (let round = 0; round < ROUNDS; round++) {
    const { predictor } = await readModel(registry, { kind: 'model', modelId: 'm-0' }, 'models:/m-0');
    predictor.predict([Float64Array.of(0.5), ['a']], 1);
  }
}
