import { z } from 'zod';
import type { Inference, TermEstimate } from '../../../values/inference.ts';
import type { ChosenThreshold, SolverInfo } from '../../../values/result.ts';
import type { ReproductionAnswer } from '../../train/reproductionAnswer.ts';
import type { CandidateRunAnswer, FoldsAnswer } from '../../train/sweepAnswer.ts';
import type { TestFileAnswer, TrainAnswer } from '../../train/trainAnswer.ts';
import { experiment, registeredModel, run, tracking } from './delivery.ts';
import { champion, gate, intervals } from './gates.ts';
import { metrics } from './metrics.ts';
import { answerOf } from './same.ts';
import { count, digest, numberOrNull, rounded, timing, warning } from './shared.ts';

const ofBothParts = z.object({ train: metrics, test: metrics });

export const solver = answerOf<SolverInfo>()(
  z.object({ name: z.string(), iterations: count, converged: z.boolean() }),
);

export const folds = answerOf<FoldsAnswer>()(
  z
    .object({ k: count, mean: metrics, std: metrics, folds: z.array(metrics) })
    .describe('The metrics of each fold, with their mean and standard deviation.'),
);

const settings = z
  .object({
    C: numberOrNull.describe('null means infinite: no penalty.'),
    max_iter: count,
    class_weight: z.literal('balanced').nullable(),
    solver: z.enum(['lbfgs', 'newton-cholesky', 'gradient-descent']),
    solver_tol: z.number(),
  })
  .describe('What distinguishes a candidate.');

export const candidate = answerOf<CandidateRunAnswer>()(
  z
    .object({
      index: count.describe('Place in the sweep.'),
      settings,
      metrics: z.exactOptional(ofBothParts),
      cv: z.exactOptional(folds),
      solver: z.exactOptional(solver),
      problem: z.exactOptional(z.object({ code: z.string(), detail: z.string() })),
      run: z.object({ id: z.string(), name: z.string(), url: z.string() }).nullable(),
      model: z.object({ uri: z.string() }).nullable(),
    })
    .describe('What a candidate of a sweep came to.'),
);

const best = z.object({ index: count, settings, select: z.string(), value: numberOrNull });

export const testFile = answerOf<TestFileAnswer>()(z.object({ rows: count, columns: count, digest }));

export const term = answerOf<TermEstimate>()(
  z.object({
    term: z.string(),
    estimate: numberOrNull,
    std_error: numberOrNull,
    z: numberOrNull,
    p_value: numberOrNull,
    ci_low: numberOrNull,
    ci_high: numberOrNull,
    odds_ratio: numberOrNull,
  }),
);

export const inference = answerOf<Inference>()(
  z
    .object({ terms: z.array(term), warnings: z.array(warning) })
    .describe('Estimates of a regression without a penalty.'),
);

const threshold = answerOf<ChosenThreshold>()(
  z.object({ value: z.number(), by: z.string().describe('`given`, or the objective.') }),
);

const reproduction = answerOf<ReproductionAnswer>()(
  z
    .object({
      run_id: z.string(),
      data: z.enum(['same', 'different']),
      coefficients: z.object({ identical: z.boolean(), largest_difference: numberOrNull }),
      metrics: z.object({
        identical: z.boolean(),
        differences: z.record(z.string(), numberOrNull),
      }),
      identical: z.boolean(),
    })
    .describe('How the training compares with the run in `reproduce`.'),
);

export const training = answerOf<TrainAnswer>()(
  z
    .object({
      ...rounded,
      experiment,
      run,
      model: registeredModel,
      tracking,
      metrics: ofBothParts,
      data: z.object({
        rows: count,
        columns: count,
        target: z.string(),
        train_rows: count,
        test_rows: count,
        digest,
        test_file: z.exactOptional(testFile),
      }),
      cv: z.exactOptional(folds),
      threshold: z.exactOptional(threshold),
      intervals: z.exactOptional(intervals),
      gate: z.exactOptional(gate),
      champion: z.exactOptional(champion),
      inference: z.exactOptional(inference),
      reproduces: z.exactOptional(reproduction),
      best: z.exactOptional(best),
      runs: z.exactOptional(z.array(candidate)),
      solver,
      warnings: z.array(warning),
      timing_ms: timing,
    })
    .describe('A training that was accepted. Keys that MLflow has yet to fill are null.'),
);
