import type { MathNode } from 'mathjs';

/** Turns a text into mathjs' syntax tree, and evaluates nothing. @throws SyntaxError with `char`, counted from 1 */
export type Parse = (text: string) => MathNode;

let loading: Promise<Parse> | undefined;

/**
 * Loads mathjs' parser once in a process, when the first expression comes: loading takes about 0.5 s.
 * `mathjs/number` is half of mathjs: numbers are the only type. The instance has the parser and nothing that a caller
 * could evaluate, import or configure.
 */
export function loadParser(): Promise<Parse> {
  loading ??= import('mathjs/number').then(({ create, parseDependencies }) => {
    const { parse } = create({ parseDependencies: parseDependencies! });
    return (text) => parse!(text);
  });
  return loading;
}
