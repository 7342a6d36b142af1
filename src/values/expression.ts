/** A client's expressions as plain data: checked once, sent to threads, and compiled where their values are. */

/** The kind of value that an expression gives. */
export type ExpressionKind = 'number' | 'boolean';

/** Operations by mathjs' names. `if` is `condition ? a : b`. */
export type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'pow' | 'unaryMinus' | 'unaryPlus';
export type Relation = 'equal' | 'unequal' | 'smaller' | 'smallerEq' | 'larger' | 'largerEq';
export type Logic = 'and' | 'or' | 'not';
export type MathFunction = 'min' | 'max' | 'abs' | 'sqrt' | 'log' | 'exp' | 'round';

export type ExpressionTree =
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'symbol'; readonly name: string }
  /** `a < b <= c`: one relation between each argument and the next. */
  | {
      readonly op: 'chain';
      readonly relations: readonly Relation[];
      readonly args: readonly ExpressionTree[];
    }
  | {
      readonly op: Arithmetic | Relation | Logic | MathFunction | 'if';
      readonly args: readonly ExpressionTree[];
    };

export interface Expression<Kind extends ExpressionKind = ExpressionKind> {
  /** The text as the client wrote it, without blanks around it. */
  readonly text: string;
  readonly kind: Kind;
  /**
   * Names of the values that the expression needs, each once, in the order of the text. A call such as `low(recall)`
   * is a name too.
   */
  readonly symbols: readonly string[];
  readonly tree: ExpressionTree;
}

/** A metric that a client defines: `cost = 5*fn + fp`. */
export interface CustomMetric {
  readonly name: string;
  readonly expression: Expression<'number'>;
}

/** An expression to be made as large or as small as possible. */
export interface Objective {
  /** The text as the client wrote it: `min(5*fn + fp)`, or a metric's name. */
  readonly text: string;
  readonly direction: 'max' | 'min';
  readonly expression: Expression<'number'>;
}

/** A condition that a model must meet. */
export interface Gate {
  readonly expression: Expression<'boolean'>;
  /** A gate that does not hold only causes a warning. */
  readonly onlyWarns: boolean;
}
