import type { Arithmetic, ExpressionKind, Logic, MathFunction, Relation } from '../values/expression.ts';

export type Operation = Arithmetic | Relation | Logic | MathFunction;

/** What an operation takes and gives, and how many arguments it has. */
interface Signature {
  readonly takes: ExpressionKind;
  readonly gives: ExpressionKind;
  readonly least: number;
  readonly most: number;
}

const numbers = (least: number, most = least): Signature => ({
  takes: 'number',
  gives: 'number',
  least,
  most,
});
const relation: Signature = { takes: 'number', gives: 'boolean', least: 2, most: 2 };
const conditions = (count: number): Signature => ({
  takes: 'boolean',
  gives: 'boolean',
  least: count,
  most: count,
});

export const OPERATIONS: Readonly<Record<Operation, Signature>> = {
  add: numbers(2),
  subtract: numbers(2),
  multiply: numbers(2),
  divide: numbers(2),
  pow: numbers(2),
  unaryMinus: numbers(1),
  unaryPlus: numbers(1),
  equal: relation,
  unequal: relation,
  smaller: relation,
  smallerEq: relation,
  larger: relation,
  largerEq: relation,
  and: conditions(2),
  or: conditions(2),
  not: conditions(1),
  min: numbers(1, Infinity),
  max: numbers(1, Infinity),
  abs: numbers(1),
  sqrt: numbers(1),
  log: numbers(1, 2),
  exp: numbers(1),
  round: numbers(1, 2),
};
