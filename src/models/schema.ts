import { z } from 'zod';
import { MODEL_FLAVOR, type ModelDescription } from '../values/loadedModel.ts';
import type { TransformerState } from '../values/pipelineState.ts';

/** zod's numbers are finite. */
const number = z.number();
const numbers = z.array(number);
const rows = z.int().nonnegative();
const text = z.string();
const label = z.union([number, text]);

const scaler = z.object({
  estimator: z.literal('MinMaxScaler'),
  params: z.object({ featureRange: z.tuple([number, number]), clip: z.boolean() }),
  fitted: z.object({
    nFeaturesIn: rows,
    nSamplesSeen: rows,
    dataMin: numbers,
    dataMax: numbers,
    dataRange: numbers,
    scale: numbers,
    min: numbers,
  }),
});

const imputer = z.object({
  estimator: z.literal('SimpleImputer'),
  params: z.object({
    strategy: z.enum(['mean', 'median', 'most_frequent']),
    missingValues: z.enum(['nan', 'none', 'empty']),
  }),
  fitted: z.object({ nFeaturesIn: rows, statistics: z.array(label) }),
});

const encoder = z.object({
  estimator: z.literal('OneHotEncoder'),
  params: z.object({ handleUnknown: z.enum(['error', 'ignore']) }),
  fitted: z.object({ nFeaturesIn: rows, categories: z.array(z.array(text)) }),
});

/** Steps that hold steps: more than trainpost builds, and few enough for a stack. */
const DEPTH_MAX = 4;

function transformer(depth: number): z.ZodType<TransformerState> {
  if (depth === 0) return z.union([scaler, imputer, encoder]);
  const inner = transformer(depth - 1);
  const branch = z.object({ name: text, transformer: inner, columns: z.array(rows), nFeaturesOut: rows });
  const columnTransformer = z.object({
    estimator: z.literal('ColumnTransformer'),
    transformers: z.array(branch),
    fitted: z.object({ nFeaturesIn: rows }),
  });
  const pipeline = z.object({ estimator: z.literal('Pipeline'), steps: z.array(z.tuple([text, inner])) });
  return z.discriminatedUnion('estimator', [scaler, imputer, encoder, columnTransformer, pipeline]);
}

/** JSON has no infinity: see `modelJson`. */
const inverseStrength = z.union([
  number.positive(),
  z.literal('Infinity').transform(() => Number.POSITIVE_INFINITY),
]);

const dtype = z.enum(['int64', 'float64', 'bool', 'object']);

const regression = z.object({
  estimator: z.literal('LogisticRegression'),
  params: z.object({
    C: inverseStrength,
    tol: number,
    maxIter: rows,
    solver: z.enum(['lbfgs', 'newton-cholesky', 'gradient-descent']),
    classWeight: z.literal('balanced').nullable(),
  }),
  fitted: z.object({
    nFeaturesIn: rows,
    classes: z.array(label),
    classesDtype: dtype,
    coef: z.array(numbers),
    intercept: numbers,
    nIter: rows,
    converged: z.boolean(),
    warnings: z.array(z.object({ code: text, message: text, column: text.exactOptional() })).exactOptional(),
  }),
});

const withThreshold = z.object({
  estimator: z.literal('FixedThresholdClassifier'),
  params: z.object({ threshold: number, posLabel: label.nullable() }),
  classifier: regression,
});

const feature = z.object({
  name: text,
  type: z.enum(['long', 'double', 'boolean', 'string']),
  missing: z.boolean().exactOptional(),
});

const holdout = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('random'),
    testSize: number,
    randomState: rows,
    stratify: z.boolean(),
  }),
  z.object({ by: z.literal('last'), testSize: number }),
  z.object({ by: z.literal('column'), column: text }),
  z.object({ by: z.literal('file') }),
]);

const bins = z.discriminatedUnion('kind', [
  z.object({ name: text, kind: z.literal('number'), edges: numbers, counts: z.array(rows), missing: rows }),
  z.object({
    name: text,
    kind: z.literal('text'),
    categories: z.array(text),
    counts: z.array(rows),
    others: rows,
    missing: rows,
  }),
]);

/** The form of `model.json`. Sizes that depend on each other are for `compilePipeline` to check. */
export const MODEL_JSON: z.ZodType<ModelDescription> = z.object({
  version: z.literal(MODEL_FLAVOR.version),
  pipeline: z.object({
    estimator: z.literal('Pipeline'),
    featureNamesIn: z.array(text),
    steps: z.array(z.tuple([text, z.union([regression, withThreshold, transformer(DEPTH_MAX)])])),
  }),
  features: z.array(feature),
  target: z.object({ name: text, classes: z.array(label), dtype }),
  positive: label.exactOptional(),
  trained: z.object({
    digest: text,
    trainDigest: text,
    trainRows: rows,
    testRows: rows,
    holdout: holdout.exactOptional(),
  }),
  profile: z.array(bins).refine((columns) => columns.every(countsFit)),
});

function countsFit(column: z.infer<typeof bins>): boolean {
  if (column.kind === 'text') return column.counts.length === column.categories.length;
  const { edges, counts } = column;
  return counts.length === edges.length + 1 && edges.every((edge, i) => i === 0 || edge > edges[i - 1]!);
}
