/** Answers to the examples of trainExamples.ts in other forms than JSON. Times are made up. */

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

/** A row for each candidate, the best first. */
export const leaderboard = lines(
  'candidate,best,C,max_iter,class_weight,solver,solver_tol,cv_accuracy_score_mean,cv_precision_score_mean,cv_recall_score_mean,cv_f1_score_mean,cv_log_loss_mean,cv_roc_auc_mean,cv_score_mean,cv_accuracy_score_std,cv_precision_score_std,cv_recall_score_std,cv_f1_score_std,cv_log_loss_std,cv_roc_auc_std,cv_score_std,test_accuracy_score,test_precision_score,test_recall_score,test_f1_score,test_log_loss,test_roc_auc,test_score,training_accuracy_score,training_precision_score,training_recall_score,training_f1_score,training_log_loss,training_roc_auc,training_score,iterations,converged,problem,run_id',
  '1,true,1,100,,lbfgs,0.0001,0.625,0.3333333333333333,0.5,0.4,0.5925813479863018,1,0.625,0.125,0.3333333333333333,0.5,0.4,0.04444299638463095,0,0.125,1,1,1,1,0.5598139362585487,1,1,0.875,1,0.75,0.8571428571428571,0.5821247245561001,1,0.875,7,true,,',
  '0,false,0.1,100,,lbfgs,0.0001,0.625,0.3333333333333333,0.5,0.4,0.6803293236246912,1,0.625,0.125,0.3333333333333333,0.5,0.4,0.005579627947741972,0,0.125,1,1,1,1,0.6757724086524373,1,1,0.875,1,0.75,0.8571428571428571,0.6786871597333262,1,0.875,5,true,,',
);

export const comment = lines(
  '<!-- trainpost:Default -->',
  '',
  '### trainpost dry run in `Default`',
  '',
  'A training would succeed.',
  '',
  '<details><summary>Data and settings</summary>',
  '',
  '| Data and settings | Value |',
  '| --- | --- |',
  '| would train | `1` |',
  '| rows | `12` |',
  '| columns | `3` |',
  '| target | `passed` |',
  '| training rows | `8` |',
  '| test rows | `4` |',
  '| fits | `1` |',
  '',
  '</details>',
);

export const refusedComment = lines(
  '<!-- trainpost:Default -->',
  '',
  '### trainpost training in `Default`: **Cannot be trained as asked**',
  '',
  'tol is "-1", but it must be a number above 0, such as 1.0, or inf for no penalty.',
  '',
  '- field: `tol`',
  '- value: `-1`',
  '',
  'Status 422, code `invalid_tol`. trainpost explains the code at `/docs/errors#invalid_tol`.',
);

export const junit = lines(
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<testsuites name="trainpost" tests="3" failures="1" errors="0" time="1.665">',
  '<testsuite name="trainpost.Exams" tests="3" failures="1" errors="0" skipped="0" time="1.665">',
  '<testcase classname="trainpost.Exams" name="training"><system-out>The model finds 1 of 2 test rows of class 1.',
  'It predicts class 1 for 1 row, and is right for 1 of them.',
  'The accuracy is 0.7500, 25 points better than always saying 0 (0.5000).',
  'accuracy_score = 0.7500',
  'precision_score = 1.0000',
  'recall_score = 0.5000',
  'f1_score = 0.6667',
  'log_loss = 0.5668',
  'roc_auc = 1.0000</system-out></testcase>',
  '<testcase classname="trainpost.Exams" name="data"/>',
  '<testcase classname="trainpost.Exams" name="recall &gt; 0.9"><failure type="gate_failed" message="recall = 0.5000"/><system-out>recall = 0.5000</system-out></testcase>',
  '</testsuite>',
  '</testsuites>',
);

export const numbers = lines(
  '# TYPE trainpost_would_train gauge',
  'trainpost_would_train 1',
  '# TYPE trainpost_rows gauge',
  'trainpost_rows 12',
  '# TYPE trainpost_columns gauge',
  'trainpost_columns 3',
  '# TYPE trainpost_training_rows gauge',
  'trainpost_training_rows 8',
  '# TYPE trainpost_test_rows gauge',
  'trainpost_test_rows 4',
  '# TYPE trainpost_fits gauge',
  'trainpost_fits 1',
  '# TYPE trainpost_warnings gauge',
  'trainpost_warnings 0',
  '# EOF',
);
