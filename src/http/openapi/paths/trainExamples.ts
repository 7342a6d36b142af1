import type { RouteExample } from './route.ts';
import * as answers from './trainAnswers.ts';

/** Small enough to be read, and large enough to be split. */
const EXAMS = [
  'hours,sleep,passed',
  '1,6,0',
  '2,7,0',
  '2.5,5,0',
  '3,8,0',
  '3.5,6,1',
  '4,7,0',
  '5,5,1',
  '5.5,8,1',
  '6,6,1',
  '7,7,1',
  '1.5,8,0',
  '6.5,5,1',
  '',
].join('\n');

/** Requests that can be sent as they stand, and their answers. A test sends each one. */
export const trainExamples: readonly RouteExample[] = [
  {
    name: 'training',
    summary: 'Train, and wait for MLflow',
    form: { train_file: EXAMS, exp_name: 'Exams', run_name: 'first', registered_model: 'exams' },
    status: 200,
    answer: answers.training,
  },
  {
    name: 'sweep',
    summary: 'Choose the best of two candidates by folds',
    form: {
      train_file: EXAMS,
      exp_name: 'Exams',
      run_name: 'sweep',
      tol: '0.1,1',
      cv: '2',
      stratify: 'true',
      registered_model: 'exams',
    },
    status: 200,
    answer: answers.sweep,
  },
  {
    name: 'dryRun',
    summary: 'Look at the file, and train nothing',
    form: { train_file: EXAMS, dry_run: 'true' },
    status: 200,
    answer: answers.dryRun,
  },
  {
    name: 'pending',
    summary: 'Do not wait for MLflow',
    headers: { Prefer: 'respond-async' },
    form: { train_file: EXAMS, exp_name: 'Exams', run_name: 'second', registered_model: 'exams' },
    status: 202,
    answer: answers.pending,
  },
  {
    name: 'invalidField',
    summary: 'A field that is wrong',
    form: { train_file: EXAMS, tol: '-1' },
    status: 422,
    answer: {
      type: 'docs/errors#invalid_tol',
      title: 'Cannot be trained as asked',
      status: 422,
      detail: 'tol is "-1", but it must be a number above 0, such as 1.0, or inf for no penalty.',
      instance: '/train',
      code: 'invalid_tol',
      field: 'tol',
      value: '-1',
    },
  },
  {
    name: 'notANumber',
    summary: 'A cell that is wrong',
    form: { train_file: EXAMS.replace('2.5,5', 'x,5'), missing: 'error' },
    status: 422,
    answer: {
      type: 'docs/errors#not_a_number',
      title: 'Cannot be trained as asked',
      status: 422,
      detail:
        'Row 3 (line 4) has "x" in column "hours", which is not a number: correct it, name it in na_values if it means missing, or add the column to ignore.',
      instance: '/train',
      code: 'not_a_number',
      row: 3,
      line: 4,
      column: 'hours',
      value: 'x',
    },
  },
  {
    name: 'missingValue',
    summary: 'A cell that is empty',
    form: { train_file: EXAMS.replace('3.5,6', '3.5,') },
    status: 422,
    answer: {
      type: 'docs/errors#missing_value',
      title: 'Cannot be trained as asked',
      status: 422,
      detail:
        'Row 5 (line 6) has no value in column "sleep" (1 of 12 rows are missing one): set missing=drop, mean, median or most_frequent; or fill in the values; or add the column to ignore.',
      instance: '/train',
      code: 'missing_value',
      row: 5,
      line: 6,
      column: 'sleep',
      actual: 1,
      value: '',
    },
  },
];
