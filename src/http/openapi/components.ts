import { z } from 'zod';
import {
  deliveries,
  delivery,
  deliveryLink,
  experiment,
  lastError,
  registeredModel,
  run,
} from './answers/delivery.ts';
import { dryRun, step } from './answers/dryRun.ts';
import { evaluation, measured } from './answers/evaluation.ts';
import { champion, gate, intervals } from './answers/gates.ts';
import { job, jobs } from './answers/jobs.ts';
import { metrics } from './answers/metrics.ts';
import { problem } from './answers/problem.ts';
import { report } from './answers/report.ts';
import { experiments, runs } from './answers/runs.ts';
import { modelInfo, predictions } from './answers/scoring.ts';
import { hello, home, limits, live, ready } from './answers/service.ts';
import { warning } from './answers/shared.ts';
import { candidate, folds, inference, solver, testFile, training } from './answers/training.ts';

/** JSON of the document: a schema, an operation, a response. */
export interface Json {
  readonly [key: string]: unknown;
}

/** A training that MLflow rejected for good, or whose gate failed: the problem, with everything that was computed. */
const refusedTraining = z.object({ ...training.shape, ...problem.shape });

/** An evaluation whose gate failed, logged or not, or that MLflow rejected: the problem, with everything that was computed. */
const refusedEvaluation = z.object({ ...evaluation.shape, ...problem.shape });
const refusedMeasurement = z.object({ ...measured.shape, ...problem.shape });

/** Every answer, by the name that it has in the document. To add one: add a schema below `answers/`, and a row here. */
const ANSWERS = {
  Training: training,
  DryRun: dryRun,
  PipelineStep: step,
  Evaluation: evaluation,
  Measured: measured,
  Predictions: predictions,
  Model: modelInfo,
  Experiments: experiments,
  Runs: runs,
  Report: report,
  Jobs: jobs,
  Job: job,
  Deliveries: deliveries,
  Delivery: delivery,
  DeliveryLink: deliveryLink,
  Run: run,
  Experiment: experiment,
  RegisteredModel: registeredModel,
  LastError: lastError,
  Metrics: metrics,
  Folds: folds,
  Candidate: candidate,
  Intervals: intervals,
  Gate: gate,
  Champion: champion,
  Inference: inference,
  Solver: solver,
  TestFile: testFile,
  Warning: warning,
  Problem: problem,
  RefusedTraining: refusedTraining,
  RefusedEvaluation: refusedEvaluation,
  RefusedMeasurement: refusedMeasurement,
  Home: home,
  Hello: hello,
  Live: live,
  Ready: ready,
  Limits: limits,
} satisfies Record<string, z.ZodType>;

export type AnswerName = keyof typeof ANSWERS;

export function refTo(name: AnswerName): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of all answers, which refer to each other by name. Later versions may add keys to an answer. */
export function answerSchemas(): Readonly<Record<string, Json>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(ANSWERS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    // An object is open for more keys in this direction, and in no other way different.
    io: 'input',
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema as Json]),
  );
}
