import type { CodeRow } from './row.ts';

export const fields: readonly CodeRow[] = [
  ['unknown_field', 422, 'The form has a field that does not exist.', 'Use a name of `allowed`.'],
  ['repeated_field', 422, 'A field is given twice, or by both of its names.', 'Give it once.'],
  [
    'invalid_<field>',
    422,
    'The value of that field is not valid, for example `invalid_tol`.',
    'The `detail` says what the value must be.',
  ],
  [
    'idle_field',
    422,
    'A field has no meaning beside `test_file`, or with the value of another field, such as `random_state` with `split=last`.',
    'Leave one of the two out.',
  ],
  ['alias_without_model', 422, '`alias` is given without `registered_model`.', 'Name the registered model.'],
  [
    'registered_model_too_long',
    422,
    'The name made of experiment, run and time is too long for MLflow.',
    'Give a shorter name in `registered_model`.',
  ],
  [
    'registered_model_like_path',
    422,
    'The name made of `exp_name` begins with two points, which MLflow takes for a path.',
    'Give another name in `registered_model`.',
  ],
  ['unknown_target', 422, 'The file does not have the column that `target` names.', 'Correct the name.'],
  ['unknown_ignore', 422, 'The file does not have a column that `ignore` names.', 'Correct the name.'],
  ['ignored_target', 422, '`ignore` names the target.', 'Choose one of the two.'],
  [
    'unknown_positive',
    422,
    'The target does not have the class that `positive` names.',
    'Use a class of `allowed`.',
  ],
  ['positive_of_many', 422, 'The target has more than two classes.', 'Leave `positive` out.'],
  ['threshold_of_many', 422, 'The target has more than two classes.', 'Leave `threshold` out.'],
  [
    'threshold_undefined',
    422,
    'The expression of `threshold` has no value at any threshold.',
    'Choose another expression.',
  ],
  [
    'gate_failed',
    422,
    'A gate does not hold. Run and model are logged, no version is registered, and the alias stays. An evaluation is logged all the same.',
    '`gate.gates` has the values: [gates.md](gates.md).',
  ],
  [
    'gate_without_alias',
    422,
    'A gate compares with a champion, and the form has no `alias`.',
    'Give `alias` and `registered_model`.',
  ],
  [
    'champion_cannot_be_measured',
    422,
    'The file lacks a column or a class of the champion, or a column has another type, or a cell of it cannot be predicted.',
    'Correct the file, or leave out the gates that compare.',
  ],
  ['sweep_too_large', 422, 'The fields ask for more combinations than `SWEEP_MAX`.', 'Give fewer values.'],
  ['target_splits', 422, '`split` names the target.', 'Name the column that says which rows are test rows.'],
  ['inference_of_many', 422, 'The target has more than two classes.', 'Leave `inference` out.'],
];

export const expressions: readonly CodeRow[] = [
  [
    'invalid_expression',
    422,
    'The text is not an expression, or uses syntax of mathjs that is not accepted.',
    'Correct it at `position`.',
  ],
  ['unknown_name', 422, 'A name has no value here.', 'Use a name of `allowed`.'],
  ['unknown_function', 422, 'The function does not exist here.', 'Use a function of `allowed`.'],
  ['number_expected', 422, 'A condition is used as a number.', 'Write `(condition ? 1 : 0)`.'],
  ['condition_expected', 422, 'A number is used as a condition.', 'Compare it with another number.'],
  [
    'objective_expected',
    422,
    'The expression does not say what is to be done with it.',
    'Write `max(...)` or `min(...)` around it.',
  ],
  [
    'expression_too_long',
    422,
    'An expression has more than 500 characters, 200 numbers, names and operators, or 50 parentheses within each other. A custom metric counts in full each time that it is used.',
    'Write a shorter one.',
  ],
  ['too_many_expressions', 422, 'A field has more than 20 expressions.', 'Leave some out.'],
  [
    'invalid_metric',
    422,
    'A custom metric is not `name = expression`, or its name is taken. A name begins with a letter, and has letters, digits and `_`.',
    'Correct it, or choose another name.',
  ],
  ['repeated_metric', 422, 'Two custom metrics have the same name.', 'Rename one of them.'],
];
