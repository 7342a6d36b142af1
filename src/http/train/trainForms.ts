import type { DeliveryView } from '../../values/delivery.ts';
import type { Answer } from '../answers/answer.ts';
import { columnsCsv, leaderboardCsv } from '../answers/csv.ts';
import { dryRunSummary, trainSummary } from '../answers/summaries.ts';
import type { DryRunAnswer } from '../openapi/answers/dryRun.ts';
import { type KeptAnswer, trainAnswer } from './trainAnswer.ts';

/** The answer to a training, in every form. @param path the path of the request */
export function trainForms(view: DeliveryView, path: string): Answer {
  const answer = trainAnswer(view, path);
  const { brief } = view.answer as KeptAnswer;
  return {
    json: answer,
    summary: () => trainSummary(answer, brief),
    csv: () => leaderboardCsv(answer, brief?.settings),
  };
}

/** The answer to a dry run, in every form. */
export function dryRunForms(answer: DryRunAnswer, experiment: string): Answer {
  return {
    json: answer,
    summary: () => dryRunSummary(answer, experiment),
    csv: () => columnsCsv(answer),
  };
}
