import type { CustomMetric, ExpressionKind } from '../values/expression.ts';

/** Functions of mathjs that every expression may call. */
export const FUNCTIONS: readonly string[] = ['min', 'max', 'abs', 'sqrt', 'log', 'exp', 'round'];

/** A function that is not computed here: its call is the name of a value, for example `low(recall)`. */
export interface NamedFunction {
  readonly gives: ExpressionKind;
  /** Names that the function can be asked about. */
  readonly of: ReadonlySet<string>;
}

/** Names that an expression may use. */
export interface Vocabulary {
  /** Names of numbers. A name may have parts: `train.recall`. */
  readonly names: ReadonlySet<string>;
  readonly functions?: ReadonlyMap<string, NamedFunction>;
  /** Custom metrics by name. An expression that uses one of them takes over its tree. */
  readonly metrics?: ReadonlyMap<string, CustomMetric>;
}
