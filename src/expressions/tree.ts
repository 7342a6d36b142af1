import type {
  AccessorNode,
  ConditionalNode,
  ConstantNode,
  FunctionNode,
  IndexNode,
  MathNode,
  OperatorNode,
  ParenthesisNode,
  RelationalNode,
  SymbolNode,
} from 'mathjs';
import { type FieldError, quote } from '../errors.ts';
import type { ErrorDetails } from '../values/errorData.ts';
import type { ExpressionKind, ExpressionTree, Relation } from '../values/expression.ts';
import { expressionError, NODES_MAX, type Source } from './fault.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type { Operand } from './tokens.ts';
import { FUNCTIONS, type Vocabulary } from './vocabulary.ts';

/** Operators by mathjs' names of their functions. */
const OPERATORS: ReadonlySet<string> = new Set(
  Object.keys(OPERATIONS).filter((name) => !FUNCTIONS.includes(name)),
);
/** Most decimals that mathjs' `round` accepts. */
const DECIMALS_MAX = 15;

/** Checks a tree of mathjs against the list of what is accepted, and makes it plain data. */
export class TreeChecker {
  readonly #source: Source;
  readonly #vocabulary: Vocabulary;
  readonly #operands: readonly Operand[];
  /** Number of operands that were read. mathjs keeps no places, but its leaves stand in the order of the text. */
  #read = 0;
  #nodes = 0;

  constructor(source: Source, operands: readonly Operand[], vocabulary: Vocabulary) {
    this.#source = source;
    this.#operands = operands;
    this.#vocabulary = vocabulary;
  }

  /** @throws FieldError if the tree has a node that is not accepted, or gives the other kind of value */
  check(node: MathNode, kind: ExpressionKind): ExpressionTree {
    const at = this.#place();
    this.#count(1);
    switch (node.type) {
      case 'ParenthesisNode':
        return this.check((node as ParenthesisNode).content, kind);
      case 'ConstantNode':
        return this.#expect(kind, 'number', at, this.#constant(node as ConstantNode));
      case 'SymbolNode':
        return this.#symbol((node as SymbolNode).name, kind);
      case 'AccessorNode':
        return this.#symbol(dottedName(node as AccessorNode) ?? this.#refuse(at), kind);
      case 'OperatorNode':
        return this.#operator(node as OperatorNode, kind, at);
      case 'RelationalNode':
        return this.#expect(kind, 'boolean', at, this.#chain(node as RelationalNode));
      case 'ConditionalNode':
        return this.#conditional(node as ConditionalNode, kind);
      case 'FunctionNode':
        return this.#call(node as FunctionNode, kind, at);
      default:
        return this.#refuse(at);
    }
  }

  #constant({ value }: ConstantNode): ExpressionTree {
    const { at, text } = this.#next();
    if (typeof value === 'number' && Number.isFinite(value)) return { op: 'constant', value };
    throw this.#expressionError('invalid_expression', at, quote(text), 'use finite numbers and names');
  }

  #symbol(name: string, kind: ExpressionKind): ExpressionTree {
    const { at } = this.#next(name);
    const { names, metrics } = this.#vocabulary;
    const tree = metrics?.get(name)?.expression.tree;
    if (tree !== undefined) {
      this.#count(nodesOf(tree) - 1);
      return this.#expect(kind, 'number', at, tree);
    }
    if (!names.has(name)) {
      throw this.#expressionError(
        'unknown_name',
        at,
        `the unknown name ${quote(name)}`,
        'use a name of "allowed"',
        { allowed: [...names, ...(metrics?.keys() ?? [])] },
      );
    }
    return this.#expect(kind, 'number', at, { op: 'symbol', name });
  }

  #operator({ fn, args, implicit }: OperatorNode, kind: ExpressionKind, at: number): ExpressionTree {
    if (!OPERATORS.has(fn) || implicit) return this.#refuse(at);
    const operation = fn as Operation;
    return this.#expect(kind, OPERATIONS[operation].gives, at, this.#operation(operation, args, at));
  }

  #chain({ conditionals, params }: RelationalNode): ExpressionTree {
    const relations = conditionals as Relation[];
    return { op: 'chain', relations, args: params.map((param) => this.check(param, 'number')) };
  }

  #conditional({ condition, trueExpr, falseExpr }: ConditionalNode, kind: ExpressionKind): ExpressionTree {
    const holds = this.check(condition, 'boolean');
    return { op: 'if', args: [holds, this.check(trueExpr, kind), this.check(falseExpr, kind)] };
  }

  #call({ fn, args }: FunctionNode, kind: ExpressionKind, at: number): ExpressionTree {
    const name = nameOf(fn) ?? this.#refuse(at);
    this.#next(name);
    if (FUNCTIONS.includes(name)) {
      return this.#expect(kind, 'number', at, this.#operation(name as Operation, args, at));
    }
    const { functions } = this.#vocabulary;
    const named = functions?.get(name);
    if (named === undefined) {
      throw this.#expressionError(
        'unknown_function',
        at,
        `the unknown function ${quote(name)}`,
        'use a function of "allowed"',
        { allowed: [...FUNCTIONS, ...(functions?.keys() ?? [])] },
      );
    }
    const symbol = `${name}(${this.#argument(name, args, named.of)})`;
    return this.#expect(kind, named.gives, at, { op: 'symbol', name: symbol });
  }

  /** The one argument of a function that the caller gave: the name of a value, not the value. */
  #argument(name: string, args: readonly MathNode[], of: ReadonlySet<string>): string {
    const at = this.#place();
    const argument = args.length === 1 ? nameOf(args[0]!) : undefined;
    if (argument === undefined || !of.has(argument)) {
      throw this.#expressionError(
        'unknown_name',
        at,
        'a wrong argument',
        `give ${name} one name of "allowed"`,
        { allowed: [...of] },
      );
    }
    this.#count(1);
    this.#next(argument);
    return argument;
  }

  #operation(op: Operation, args: readonly MathNode[], at: number): ExpressionTree {
    const { takes, least, most } = OPERATIONS[op];
    if (args.length < least || args.length > most) {
      const ends = most === Infinity ? `${least} or more` : `${least} to ${most}`;
      const what = `${op} with ${args.length} arguments`;
      const advice = `give it ${least === most ? least : ends}`;
      throw this.#expressionError('invalid_expression', at, what, advice);
    }
    const checked = args.map((arg) => this.check(arg, takes));
    if (op === 'round' && checked[1] !== undefined && !isDecimals(checked[1])) {
      const advice = `give a whole number from 0 to ${DECIMALS_MAX}`;
      throw this.#expressionError('invalid_expression', at, 'round with other decimals', advice);
    }
    return { op, args: checked };
  }

  #expect(kind: ExpressionKind, gives: ExpressionKind, at: number, tree: ExpressionTree): ExpressionTree {
    if (kind === gives) return tree;
    if (kind === 'number') {
      const advice = 'write (condition ? 1 : 0)';
      throw this.#expressionError('number_expected', at, 'a condition instead of a number', advice);
    }
    const advice = 'compare it, such as (recall > 0.5)';
    throw this.#expressionError('condition_expected', at, 'a number instead of a condition', advice);
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes <= NODES_MAX) return;
    throw this.#expressionError(
      'expression_too_long',
      this.#place(),
      `more than ${NODES_MAX} numbers, names and operators`,
      'write a shorter expression',
      { limit: NODES_MAX, actual: this.#nodes },
    );
  }

  /** Index of the next operand, or of the last one at the end. */
  #place(): number {
    const next = this.#operands[this.#read] ?? this.#operands.at(-1);
    return next?.at ?? this.#source.start;
  }

  /** Reads an operand, which is the leaf that the walk has reached. */
  #next(name?: string): Operand {
    const operand = this.#operands[this.#read++];
    if (operand === undefined || (name !== undefined && operand.text !== name))
      return this.#refuse(this.#place());
    return operand;
  }

  #refuse(at: number): never {
    const advice = 'use operators and functions';
    throw this.#expressionError('invalid_expression', at, 'a form that is not accepted', advice);
  }

  #expressionError(
    code: string,
    at: number,
    what: string,
    advice: string,
    details?: ErrorDetails,
  ): FieldError {
    return expressionError(code, this.#source, at, what, advice, details);
  }
}

/** Number of nodes of a tree that was checked. */
function nodesOf(tree: ExpressionTree): number {
  return 'args' in tree ? tree.args.reduce((sum, arg) => sum + nodesOf(arg), 1) : 1;
}

function isDecimals(tree: ExpressionTree): boolean {
  return tree.op === 'constant' && Number.isInteger(tree.value) && tree.value <= DECIMALS_MAX;
}

/** A plain name, or `train.recall`, which mathjs takes for a property of an object. */
function nameOf(node: MathNode): string | undefined {
  if (node.type === 'SymbolNode') return (node as SymbolNode).name;
  return node.type === 'AccessorNode' ? dottedName(node as AccessorNode) : undefined;
}

/** @returns undefined if the access is not by dots */
function dottedName({ object, index }: AccessorNode): string | undefined {
  const { dotNotation, dimensions } = index as IndexNode & { readonly dotNotation: boolean };
  const [property] = dimensions;
  const before = nameOf(object);
  if (!dotNotation || before === undefined || property?.type !== 'ConstantNode') return undefined;
  return `${before}.${(property as ConstantNode).value}`;
}
