import type { Measured } from '../../training/evaluate.ts';
import type { Brief } from '../../values/brief.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { ColumnDrift } from '../../values/evaluation.ts';
import type { Intervals } from '../../values/intervals.ts';
import type { RoundedMetrics } from '../../values/metrics.ts';
import type { Warning } from '../../values/warning.ts';
import {
  type ExperimentAnswer,
  experimentAnswer,
  type RunAnswer,
  runAnswer,
  type TrackingAnswer,
  trackingAnswer,
} from '../routes/deliveryAnswer.ts';
import { type ModelPlaceAnswer, modelPlaceAnswer } from '../scoring/modelAnswer.ts';
import { type GateAnswer, gateAnswers } from '../train/gateAnswer.ts';
import { type JsonMetrics, jsonMetrics } from '../train/sweepAnswer.ts';
import { type RouteClock, type Timing, timingOf, withLog } from '../train/timing.ts';

/** What is known once a model is measured. */
export interface MeasuredAnswer extends RoundedMetrics {
  /** The model that was measured. */
  readonly model: ModelPlaceAnswer;
  readonly metrics: { readonly test: JsonMetrics };
  readonly intervals: Intervals;
  readonly data: {
    readonly rows: number;
    readonly columns: number;
    readonly target: string;
    readonly digest: string;
  };
  /** If the form has `alias`. */
  readonly promotion?: PromotionAnswer;
  /** If the form has `gate`. */
  readonly gate?: GateAnswer;
  readonly drift: readonly ColumnDrift[];
  readonly warnings: readonly Warning[];
  readonly timing_ms: Timing;
}

/** The alias that moves to the model if all gates hold. */
interface PromotionAnswer {
  readonly name: string;
  readonly alias: string;
  /** The model's version; null until MLflow has the run, and if a gate failed. */
  readonly version: string | null;
  readonly url: string | null;
}

/** The response to `POST /evaluate`. */
export interface EvaluateAnswer extends MeasuredAnswer {
  readonly experiment: ExperimentAnswer;
  readonly run: RunAnswer;
  readonly tracking: TrackingAnswer;
}

/** What is kept with an evaluation. */
export interface KeptEvaluation extends MeasuredAnswer {
  /** What answers for people say beside it. Records of earlier versions have none. */
  readonly brief?: Brief;
}

/** Makes the part of a response that is kept with the evaluation. It is the whole response if nothing is logged. */
export function measuredAnswer(
  { model, evaluation, gate, asked, rounded }: Measured,
  clock: RouteClock,
): MeasuredAnswer {
  const { data, measures, intervals, drift, warnings, stages } = evaluation;
  return {
    ...rounded,
    model: modelPlaceAnswer(model.place),
    metrics: { test: jsonMetrics({ ...measures.metrics, ...measures.custom }) },
    intervals,
    data: { rows: data.rows, columns: data.columns.length, target: data.target, digest: data.digest },
    ...gateAnswers(gate, undefined),
    ...(asked && {
      promotion: { name: asked.registeredModelName, alias: asked.alias, version: null, url: null },
    }),
    drift,
    warnings,
    timing_ms: timingOf(stages, clock),
  };
}

/**
 * Makes the response for an accepted evaluation.
 * @param path the path of the request
 */
export function evaluateAnswer(view: DeliveryView, path: string): EvaluateAnswer {
  const { timing_ms: timing, promotion, brief: _, ...measured } = view.answer as KeptEvaluation;
  const { modelVersion: version = null, modelUrl: url = null } = view.logged ?? {};
  return {
    ...measured,
    ...(promotion && { promotion: { ...promotion, version, url } }),
    experiment: experimentAnswer(view),
    run: runAnswer(view),
    tracking: trackingAnswer(view, path),
    timing_ms: withLog(timing, view),
  };
}

/** What came of the gates of an evaluation; undefined without gates, and for a damaged record. */
export function gateOfEvaluation({ answer }: DeliveryView): GateAnswer | undefined {
  return (answer as Partial<MeasuredAnswer> | undefined)?.gate;
}
