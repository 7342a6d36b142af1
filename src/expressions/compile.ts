import type { Expression, ExpressionKind, ExpressionTree, Relation } from '../values/expression.ts';
import { logarithm, maximum, minimum, RELATIONS, roundDecimals } from './numbers.ts';
import type { Operation } from './operations.ts';

/** The type of value that an expression of a kind gives. */
type ValueOf<Kind extends ExpressionKind> = Kind extends 'number' ? number : boolean;

/** An expression that is ready to be computed many times. */
export interface Compiled<Kind extends ExpressionKind = ExpressionKind> {
  /**
   * Computes the expression.
   * @param scope values by name. A name that is missing is undefined.
   * @returns undefined if the result is not a finite number, or if a condition depends on an undefined number
   */
  evaluate(scope: ReadonlyMap<string, number>): ValueOf<Kind> | undefined;
  /**
   * Computes the expression without looking up names.
   * @param values one number for each of the expression's `symbols`, in their order: 1 or 0 for a condition, and NaN
   *   for an undefined value
   * @returns the number, or 1 or 0 for a condition; NaN if `evaluate` would return undefined
   */
  run(values: Values): number;
}

type Values = Float64Array;
/** A part of an expression. A condition gives 1 or 0, or NaN if it is undefined. */
type Part = (values: Values) => number;

/**
 * Compiles an expression to closures, which do not need mathjs.
 *
 * Numbers behave like mathjs' numbers. Conditions have a third value: a comparison with an undefined number (NaN) is
 * undefined, and `and`, `or` and `not` follow Kleene's logic. In mathjs such a comparison is false, so
 * `not (roc_auc < 0.8)` would hold if there is no `roc_auc`.
 */
export function compile<Kind extends ExpressionKind>(expression: Expression<Kind>): Compiled<Kind> {
  const { tree, symbols, kind } = expression;
  const part = compilePart(tree, new Map(symbols.map((name, index) => [name, index])));
  const looked = new Float64Array(symbols.length);
  const run = (values: Values) => {
    const value = part(values);
    return Number.isFinite(value) ? value : Number.NaN;
  };
  const evaluate = (scope: ReadonlyMap<string, number>) => {
    for (let slot = 0; slot < looked.length; slot++) looked[slot] = scope.get(symbols[slot]!) ?? Number.NaN;
    const value = run(looked);
    if (Number.isNaN(value)) return undefined;
    return (kind === 'number' ? value : value === 1) as ValueOf<Kind>;
  };
  return { evaluate, run };
}

function compilePart(tree: ExpressionTree, slots: ReadonlyMap<string, number>): Part {
  if (tree.op === 'constant') {
    const { value } = tree;
    return () => value;
  }
  if (tree.op === 'symbol') {
    const slot = slots.get(tree.name)!;
    return (values) => values[slot]!;
  }
  const parts = tree.args.map((arg) => compilePart(arg, slots));
  return tree.op === 'chain' ? chain(tree.relations, parts) : PARTS[tree.op](...parts);
}

const PARTS: Readonly<Record<Operation | 'if', (...parts: Part[]) => Part>> = {
  add: (a, b) => (values) => a!(values) + b!(values),
  subtract: (a, b) => (values) => a!(values) - b!(values),
  multiply: (a, b) => (values) => a!(values) * b!(values),
  divide: (a, b) => (values) => a!(values) / b!(values),
  pow: (a, b) => (values) => a!(values) ** b!(values),
  unaryMinus: (a) => (values) => -a!(values),
  unaryPlus: (a) => a!,
  equal: compared('equal'),
  unequal: compared('unequal'),
  smaller: compared('smaller'),
  smallerEq: compared('smallerEq'),
  larger: compared('larger'),
  largerEq: compared('largerEq'),
  and: both,
  or: (a, b) => negated(both(negated(a!), negated(b!))),
  not: negated,
  if: (condition, a, b) => (values) => {
    const holds = condition!(values);
    if (holds === 1) return a!(values);
    return holds === 0 ? b!(values) : Number.NaN;
  },
  min: (...parts) => parts.reduce((a, b) => (values) => minimum(a(values), b(values))),
  max: (...parts) => parts.reduce((a, b) => (values) => maximum(a(values), b(values))),
  abs: (a) => (values) => Math.abs(a!(values)),
  sqrt: (a) => (values) => Math.sqrt(a!(values)),
  log: (a, base) => (values) =>
    base === undefined ? Math.log(a!(values)) : logarithm(a!(values), base(values)),
  exp: (a) => (values) => Math.exp(a!(values)),
  round: (a, decimals) => (values) => roundDecimals(a!(values), decimals?.(values) ?? 0),
};

function compared(relation: Relation): (a: Part, b: Part) => Part {
  const holds = RELATIONS[relation];
  return (a, b) => (values) => {
    const x = a(values);
    const y = b(values);
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
    return holds(x, y) ? 1 : 0;
  };
}

/** False if one of the two conditions is false, even if the other condition is undefined. */
function both(a: Part, b: Part): Part {
  return (values) => {
    const first = a(values);
    if (first === 0) return 0;
    const second = b(values);
    return second === 0 ? 0 : first * second;
  };
}

function negated(a: Part): Part {
  return (values) => 1 - a(values);
}

/** `a < b < c`. Each part is computed once: chains within chains would otherwise double the work each time. */
function chain(relations: readonly Relation[], parts: readonly Part[]): Part {
  const holds = relations.map((relation) => RELATIONS[relation]);
  return (values) => {
    let all = 1;
    let x = parts[0]!(values);
    for (let index = 0; index < holds.length; index++) {
      const y = parts[index + 1]!(values);
      if (Number.isNaN(x) || Number.isNaN(y)) all = Number.NaN;
      else if (!holds[index]!(x, y)) return 0;
      x = y;
    }
    return all;
  };
}
