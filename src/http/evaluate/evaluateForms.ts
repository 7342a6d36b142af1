import type { Measured } from '../../training/evaluate.ts';
import type { DeliveryView } from '../../values/delivery.ts';
import type { Answer } from '../answers/answer.ts';
import { metricsCsv } from '../answers/csv.ts';
import { evaluationSummary } from '../answers/summaries.ts';
import type { RouteClock } from '../train/timing.ts';
import { evaluateAnswer, type KeptEvaluation, measuredAnswer } from './evaluateAnswer.ts';

/** The answer to an evaluation, in every form. @param path the path of the request */
export function evaluateForms(view: DeliveryView, path: string): Answer {
  const answer = evaluateAnswer(view, path);
  const { brief } = view.answer as KeptEvaluation;
  return {
    json: answer,
    summary: () => evaluationSummary(answer, answer.experiment.name, brief),
    csv: () => metricsCsv(answer),
  };
}

/** The answer to an evaluation of which nothing is logged, in every form. */
export function measuredForms(measured: Measured, clock: RouteClock): Answer {
  const answer = measuredAnswer(measured, clock);
  return {
    json: answer,
    summary: () => evaluationSummary(answer, measured.run.experimentName, measured.brief),
    csv: () => metricsCsv(answer),
  };
}
