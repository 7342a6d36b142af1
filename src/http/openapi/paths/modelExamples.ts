import * as answers from './modelAnswers.ts';
import type { RouteExample } from './route.ts';
import { EXAMS } from './trainExamples.ts';

/** The model of the example of a training, by the alias that somebody gave it. */
const MODEL = 'models:/exams@champion';
const ROWS = 'hours,sleep\n4,7\n1.5,8\n';
const WRONG_ROWS = 'hours,sleep\n4,7\nx,8\n';
const CSV = 'text/csv';

export const evaluateExamples: readonly RouteExample[] = [
  {
    name: 'evaluation',
    summary: 'Measure a model, and log a run',
    form: { test_file: EXAMS, model: MODEL, exp_name: 'Exams', run_name: 'later' },
    status: 200,
    answer: answers.evaluation,
  },
  {
    name: 'measured',
    summary: 'Measure a model, and log nothing',
    form: { test_file: EXAMS, model: MODEL, dry_run: 'true' },
    status: 200,
    answer: answers.measured,
  },
  {
    name: 'noAddress',
    summary: 'A model that has no address',
    form: { test_file: EXAMS, model: 'exams' },
    status: 422,
    answer: {
      type: 'docs/errors#model_uri',
      title: 'Cannot be trained as asked',
      status: 422,
      detail:
        '"exams" is no address of a model: write models:/NAME@ALIAS, models:/NAME/VERSION, models:/m-ID or runs:/RUN_ID/NAME.',
      instance: '/evaluate',
      code: 'model_uri',
      field: 'model',
      value: 'exams',
      allowed: ['models:/NAME@ALIAS', 'models:/NAME/VERSION', 'models:/m-ID', 'runs:/RUN_ID/NAME'],
    },
  },
];

export const invocationsExamples: readonly RouteExample[] = [
  {
    name: 'records',
    summary: 'Predict rows of JSON by the model of `MODEL_URI`',
    body: { type: 'application/json', value: { dataframe_records: [{ hours: 4, sleep: 7 }] } },
    status: 200,
    answer: { predictions: [0] },
  },
  {
    name: 'explained',
    summary: 'Probabilities with the contribution of each feature',
    query: `?model=${MODEL}&proba=true&explain=true`,
    body: { type: CSV, value: ROWS },
    status: 200,
    answer: answers.explained,
  },
  {
    name: 'missingColumn',
    summary: 'A column is missing',
    body: { type: 'application/json', value: { dataframe_records: [{ hours: 4 }] } },
    status: 400,
    answer: answers.missingColumn,
  },
];

export const predictExamples: readonly RouteExample[] = [
  {
    name: 'predictions',
    summary: 'Add predictions to a CSV',
    query: `?model=${MODEL}`,
    body: { type: CSV, value: ROWS },
    status: 200,
    type: CSV,
    answer:
      'hours,sleep,prediction,probability_0,probability_1\n4,7,0,0.5160082140047446,0.4839917859952554\n1.5,8,0,0.6741797225845836,0.3258202774154164\n',
  },
  {
    name: 'form',
    summary: 'Send the CSV as a form, and leave out what cannot be predicted',
    query: '?on_error=null',
    form: { file: WRONG_ROWS },
    status: 200,
    type: CSV,
    answer:
      'hours,sleep,prediction,probability_0,probability_1\n4,7,0,0.5160082140047446,0.4839917859952554\nx,8,,,\n',
  },
  {
    name: 'wrongValue',
    summary: 'A cell that is no number',
    body: { type: CSV, value: WRONG_ROWS },
    status: 400,
    answer: answers.wrongValue,
  },
];

export const modelInfoExamples: readonly RouteExample[] = [
  {
    name: 'model',
    summary: 'A model of two columns',
    query: `?model=${MODEL}`,
    status: 200,
    answer: answers.modelInfo,
  },
];
