/** Titles of fields whose names say too little by themselves. */
const TITLES: Readonly<Record<string, string>> = {
  tol: 'C, the inverse of the penalty',
  exp_name: 'Experiment',
  positive: 'Positive class',
  ignore: 'Ignored columns',
  test_size: 'Share or number of test rows',
  random_state: 'Seed',
  split: 'Split',
  solver_tol: 'Tolerance of the solver',
  cv: 'Folds',
  select: 'Best candidate by',
  metrics: 'Your own metrics',
  gate: 'Gates',
  log_models: 'Logged models',
  missing: 'Missing cells',
  sep: 'Delimiter',
  decimal: 'Decimal sign',
  thousands: 'Sign between digits',
  na_values: 'Texts that mean missing',
  git_commit: 'Commit',
  inference: 'Standard errors',
  reproduce: 'Run to reproduce',
};

/** A field's title: `class_weight` is "Class weight". */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return TITLES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
