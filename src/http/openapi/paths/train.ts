import { formSchema } from '../form.ts';
import type { Route } from './route.ts';
import { trainExamples } from './trainExamples.ts';

const PREFER = {
  name: 'Prefer',
  in: 'header',
  description: '`respond-async`: do not wait for MLflow. `wait=N`: wait for at most N seconds (RFC 7240).',
  schema: { type: 'string' },
};
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A text of your choice, such as a UUID. A request that is sent again with it is not trained again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
};

export const trainRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/train',
    id: 'train',
    tag: 'Trainings',
    summary: 'Train a logistic regression, and log it to MLflow',
    description:
      "Takes a CSV as a form, and answers with scikit-learn's numbers. With `dry_run=true`, it trains nothing, and reports on the file.\n\n`curl -F train_file=@data.csv -F exp_name=Diabetes http://127.0.0.1:5005/train`",
    parameters: [PREFER, KEY],
    body: { 'multipart/form-data': formSchema() },
    answers: {
      200: {
        description: 'The run is FINISHED in MLflow; or the report of a dry run.',
        json: ['Training', 'DryRun'],
        headers: ['Run-Id', 'Preference-Applied', 'Idempotency-Replayed'],
      },
      202: {
        description: 'The training is accepted, and will be in MLflow.',
        json: ['Training'],
        headers: ['Location', 'Preference-Applied', 'Idempotency-Replayed'],
      },
    },
    problems: [409, 415, 422, 429, 502, 507],
    examples: trainExamples,
  },
];
