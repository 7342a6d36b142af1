import { FILE_FIELD, TEST_FILE_FIELD, TRAIN_FORM } from '../../../training/fields/table.ts';
import { formSchema } from '../form.ts';
import { OF_RESULTS } from '../headers.ts';
import { deliveryLinks, KEY, PREFER } from './parameters.ts';
import type { Route } from './route.ts';
import { trainExamples } from './trainExamples.ts';

const FILES = {
  [FILE_FIELD]: 'The file to train on: a table with a header line, as text or gzip.',
  [TEST_FILE_FIELD]: 'A second file, whose rows are the test rows.',
};

export const trainRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/train',
    id: 'train',
    tag: 'Trainings',
    summary: 'Train a logistic regression, and log it to MLflow',
    description:
      "Takes a CSV as a form, and answers with scikit-learn's numbers. With `dry_run=true`, it trains nothing, and reports on the file.\n\n`curl -F train_file=@data.csv -F exp_name=Diabetes http://127.0.0.1:5005/train`\n\n`Accept` chooses the form: JSON, Markdown, JUnit, the report, a leaderboard as CSV, or OpenMetrics.",
    parameters: [PREFER, KEY],
    body: { 'multipart/form-data': formSchema(TRAIN_FORM, FILES) },
    hasForms: true,
    answers: {
      200: {
        description: 'The run is FINISHED in MLflow; or the report of a dry run.',
        json: ['Training', 'DryRun'],
        headers: OF_RESULTS,
        links: deliveryLinks('/tracking/delivery/id', 'getDelivery'),
      },
      202: {
        description:
          'The training is accepted, and will be in MLflow; or, with `respond-async` or after `wait=N`, the job goes on.',
        json: ['Training', 'Job'],
        headers: ['Location', ...OF_RESULTS],
        links: deliveryLinks('/tracking/delivery/id', 'getDelivery'),
      },
    },
    problems: [406, 409, 415, 422, 429, 502, 504, 507],
    examples: trainExamples,
  },
];
