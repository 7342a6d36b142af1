import type { TestFileInfo } from '../../values/dataset.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { GateReport } from '../../values/gate.ts';
import type { Inference } from '../../values/inference.ts';
import type { Intervals } from '../../values/intervals.ts';
import type { RoundedMetrics } from '../../values/metrics.ts';
import type { Plan } from '../../values/plan.ts';
import type { Reproduction } from '../../values/reproduction.ts';
import { type ChosenThreshold, chosenOf, type Result, type SolverInfo } from '../../values/result.ts';
import type { TrackedRun } from '../../values/run.ts';
import type { Warning } from '../../values/warning.ts';
import {
  type ExperimentAnswer,
  experimentAnswer,
  type ModelAnswer,
  modelAnswer,
  type RunAnswer,
  runAnswer,
  type TrackingAnswer,
  trackingAnswer,
} from '../routes/deliveryAnswer.ts';
import { type ChampionAnswer, type GateAnswer, gateAnswers } from './gateAnswer.ts';
import { type ReproductionAnswer, reproductionAnswer } from './reproductionAnswer.ts';
import {
  type CandidateRunAnswer,
  type FoldsAnswer,
  foldsAnswer,
  type JsonMetrics,
  jsonMetrics,
  type SweepAnswer,
  sweepAnswer,
  withRuns,
} from './sweepAnswer.ts';
import { type RouteClock, type Timing, timingOf, withLog } from './timing.ts';

interface Computed extends Partial<SweepAnswer> {
  readonly metrics: { readonly train: JsonMetrics; readonly test: JsonMetrics };
  readonly data: {
    readonly rows: number;
    readonly columns: number;
    readonly target: string;
    readonly train_rows: number;
    readonly test_rows: number;
    readonly digest: string;
    readonly test_file?: TestFileAnswer;
  };
  /** If the form has `cv`. The folds of a sweep's candidates are in `runs`. */
  readonly cv?: FoldsAnswer;
  /** If the form has `threshold`. */
  readonly threshold?: ChosenThreshold;
  /** Intervals of the test metrics. Records of earlier versions have none. */
  readonly intervals?: Intervals;
  /** If the form has `gate`. */
  readonly gate?: GateAnswer;
  /** If a gate compares with the model behind the alias, and there is one. */
  readonly champion?: ChampionAnswer;
  /** If the form has `reproduce`. */
  readonly reproduces?: ReproductionAnswer;
  /** If the form has `inference=true`. */
  readonly inference?: Inference;
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
  readonly timing_ms: Timing;
}

/** A test file. Its rows are not among those of the training file. */
export interface TestFileAnswer {
  readonly rows: number;
  readonly columns: number;
  readonly digest: string;
}

/**
 * The part of a response that is known when a training is accepted, and that is kept with the training. Every response for
 * the training, even the first one, is made of this part and the state of the delivery.
 */
export interface KeptAnswer {
  readonly rounded: RoundedMetrics;
  readonly registeredModel: string;
  readonly computed: Computed;
}

/** The response to `POST /train`: the original's four keys, and where to find the run, the model and the delivery. */
export interface TrainAnswer extends RoundedMetrics, Omit<Computed, 'runs'> {
  readonly experiment: ExperimentAnswer;
  readonly run: RunAnswer;
  readonly model: ModelAnswer;
  readonly tracking: TrackingAnswer;
  /** The candidates of a sweep, the best first. */
  readonly runs?: readonly CandidateRunAnswer[];
}

interface KeptInput {
  readonly plan: Pick<Plan, 'choice'>;
  /** What came of the gates, if there are any. */
  readonly gate?: GateReport;
  /** The comparison with the run that the training reproduces. */
  readonly reproduction?: Reproduction;
  readonly clock: RouteClock;
}

/**
 * Makes the part of a response that is kept with the training.
 */
export function keptAnswer(
  result: Result,
  run: TrackedRun,
  { plan, gate, reproduction, clock }: KeptInput,
): KeptAnswer {
  const { data, testData, split, warnings, stages, threshold, inference, intervals } = result;
  const { solver, warnings: ofModel } = chosenOf(result);
  const sweep = sweepAnswer(result, plan);
  return {
    rounded: run.rounded,
    registeredModel: run.registeredModelName,
    computed: {
      metrics: { train: jsonMetrics(run.training), test: jsonMetrics(run.test) },
      data: {
        rows: data.rows,
        columns: data.columns.length,
        target: data.target,
        train_rows: split.train,
        test_rows: split.test,
        digest: data.digest,
        ...(testData && { test_file: testFileAnswer(testData) }),
      },
      ...(run.cv !== undefined && sweep === undefined && { cv: foldsAnswer(run.cv) }),
      ...(threshold !== undefined && { threshold }),
      ...(intervals !== undefined && { intervals }),
      ...gateAnswers(gate, result.champion),
      ...(reproduction !== undefined && { reproduces: reproductionAnswer(reproduction) }),
      ...(inference !== undefined && { inference }),
      ...sweep,
      solver,
      warnings: [...warnings, ...ofModel],
      timing_ms: timingOf(stages, clock),
    },
  };
}

/**
 * Makes the response for an accepted training.
 * @param path the path of the request
 */
export function trainAnswer(view: DeliveryView, path: string): TrainAnswer {
  const { rounded, registeredModel, computed } = view.answer as KeptAnswer;
  const { timing_ms: timing, runs, ...rest } = computed;
  return {
    ...rounded,
    experiment: experimentAnswer(view),
    run: runAnswer(view),
    model: modelAnswer(registeredModel, view.logged),
    tracking: trackingAnswer(view, path),
    ...rest,
    ...(runs !== undefined && { runs: withRuns(runs, view.logged) }),
    timing_ms: withLog(timing, view),
  };
}

/** What came of the gates of a training; undefined without gates, and for a damaged record. */
export function gateOf({ answer }: DeliveryView): GateAnswer | undefined {
  return (answer as Partial<KeptAnswer> | undefined)?.computed?.gate;
}

export function testFileAnswer({ rows, columns, digest }: TestFileInfo): TestFileAnswer {
  return { rows, columns: columns.length, digest };
}
