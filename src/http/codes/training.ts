import type { CodeRow } from './row.ts';

export const target: readonly CodeRow[] = [
  ['missing_label', 422, 'A row has no label.', 'Fill it in, or set `missing=drop`.'],
  ['one_class', 422, 'The target has one class only.', 'Send rows of two or more classes.'],
  [
    'continuous_target',
    422,
    'The target looks continuous, or has more than 200 classes.',
    'Name another column in `target`.',
  ],
  [
    'label_too_large',
    422,
    'A label is a whole number above 2^53, which a double cannot tell from its neighbours.',
    'Write such labels as text.',
  ],
];

export const split: readonly CodeRow[] = [
  ['too_few_rows', 422, 'A split needs at least two rows.', 'Send more rows.'],
  ['test_size_too_large', 422, 'No row is left to train on.', 'Choose a smaller `test_size`.'],
  [
    'one_class_in_training',
    422,
    'All training rows are of one class.',
    'Set `stratify=true` if each class has two rows, or another `random_state`.',
  ],
  [
    'invalid_split_cell',
    422,
    'A cell of the column that `split` names is neither `train` nor `test`, nor a truth value.',
    'Correct the cell.',
  ],
  [
    'empty_split',
    422,
    'The column that `split` names leaves no training rows, or no test rows.',
    'Mark at least one row.',
  ],
  [
    'cv_class_too_small',
    422,
    'A class has fewer training rows than there are folds.',
    'Choose a smaller `cv`, or send more rows.',
  ],
  [
    'class_only_in_test',
    422,
    'A class is in the test rows only, or a label of `test_file` is not one of `train_file`.',
    'Set `stratify=true` if each class has two rows, or another `random_state`. Add rows to a class of one row, or remove its row.',
  ],
  ['stratify_class_too_small', 422, 'A class has one row only.', 'Add rows, or train without `stratify`.'],
  [
    'stratify_train_too_small',
    422,
    'The training part is too small for all classes.',
    'Choose a smaller `test_size`.',
  ],
  [
    'stratify_test_too_small',
    422,
    'The test part is too small for all classes.',
    'Choose a larger `test_size`.',
  ],
];

export const model: readonly CodeRow[] = [
  [
    'cannot_be_fitted',
    422,
    'The training rows cannot be fitted with these settings, for example because a solver would need too much memory.',
    'The `detail` names the reason.',
  ],
  [
    'sweep_too_long',
    422,
    'A sweep or `cv` has more fits than can end within `TRAINING_TIMEOUT_MS`. `actual` is a lower bound of the milliseconds that the other fits need.',
    'Give fewer values, a smaller `cv`, or fewer rows or columns.',
  ],
  [
    'cannot_be_predicted',
    422,
    'A row has a value that is not finite once it is scaled as the training rows are, or no value in a column that the model does not fill in.',
    'Correct the value, or add the column to `ignore`.',
  ],
  [
    'training_timeout',
    422,
    'The training waited and computed for longer than `TRAINING_TIMEOUT_MS`.',
    'Send fewer rows or columns, or fewer `iterations`.',
  ],
  [
    'cancelled',
    409,
    'The training was cancelled, and nothing of it was kept.',
    'Send it again if you need it.',
  ],
];
