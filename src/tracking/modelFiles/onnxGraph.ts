import { type Attribute, type ElementType, type ML_DOMAIN, node, tensor } from './onnxProto.ts';

/** Collects nodes and constants, and names every value between them. */
export class GraphBuilder {
  readonly nodes: Buffer[] = [];
  readonly constants: Buffer[] = [];
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a constant and returns its name. */
  constant(type: ElementType, dims: readonly number[], values: readonly (number | string)[]): string {
    const name = `${this.#prefix}c${this.constants.length}`;
    this.constants.push(tensor(name, type, dims, values));
    return name;
  }

  /** Adds an operation and returns the name of its one output. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output?: string,
    domain?: typeof ML_DOMAIN,
  ): string {
    const name = `${this.#prefix}${operator}${this.nodes.length}`;
    this.nodes.push(node(name, operator, inputs, [output ?? name], attributes, domain));
    return output ?? name;
  }
}

/** Inputs, outputs and the values between them share one name space. This prefix is longer than that of any column. */
export function internalPrefix(columns: readonly string[]): string {
  const longest = Math.max(0, ...columns.map((name) => /^_*/.exec(name)![0].length));
  return '_'.repeat(longest + 1);
}
