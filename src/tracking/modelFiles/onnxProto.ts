import { bytesField, intField } from './protobuf.ts';

/** ONNX's messages; each function gives one encoded. Source of the field numbers: onnx/onnx.proto. */

/** `TensorProto.DataType`. */
export const DOUBLE = 11;
export const INT64 = 7;
export const STRING = 8;
export const BOOL = 9;
export type ElementType = typeof DOUBLE | typeof INT64 | typeof STRING | typeof BOOL;

/** IR 8 with operator set 13: read by onnxruntime 1.10 and later. */
const IR_VERSION = 8;
const OPSET_VERSION = 13;
/** Operators beside those of plain ONNX, for text: this version has tables from strings to whole numbers. */
export const ML_DOMAIN = 'ai.onnx.ml';
const ML_OPSET_VERSION = 2;
/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const ATTRIBUTE_STRINGS = 8;

/** An attribute of an operation: a whole number, several whole numbers, or several texts. */
export type Attribute = number | readonly number[] | readonly string[];

/** A constant of the graph (`TensorProto`), values in row-major order. */
export function tensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  values: readonly (number | string)[],
): Buffer {
  const shape = dims.map((dim) => intField(1, dim));
  // Strings have a field of their own; numbers go as raw little-endian bytes.
  const content =
    type === STRING
      ? values.map((value) => bytesField(6, String(value)))
      : [bytesField(9, raw(type, values.map(Number)))];
  return Buffer.concat([...shape, intField(2, type), bytesField(8, name), ...content]);
}

function raw(type: typeof DOUBLE | typeof INT64 | typeof BOOL, values: readonly number[]): Buffer {
  if (type === BOOL) return Buffer.from(values);
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => {
    if (type === DOUBLE) bytes.writeDoubleLE(value, 8 * index);
    else bytes.writeBigInt64LE(BigInt(value), 8 * index);
  });
  return bytes;
}

/** One operation of the graph (`NodeProto`). */
export function node(
  name: string,
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain?: typeof ML_DOMAIN,
): Buffer {
  return Buffer.concat([
    ...inputs.map((input) => bytesField(1, input)),
    ...outputs.map((output) => bytesField(2, output)),
    bytesField(3, name),
    bytesField(4, operator),
    ...Object.entries(attributes).map(([attribute, value]) => bytesField(5, attributeOf(attribute, value))),
    ...(domain === undefined ? [] : [bytesField(7, domain)]),
  ]);
}

function attributeOf(name: string, value: Attribute): Buffer {
  if (typeof value === 'number') {
    return Buffer.concat([bytesField(1, name), intField(3, value), intField(20, ATTRIBUTE_INT)]);
  }
  const items = value.map((item) => (typeof item === 'string' ? bytesField(9, item) : intField(8, item)));
  const type = typeof value[0] === 'string' ? ATTRIBUTE_STRINGS : ATTRIBUTE_INTS;
  return Buffer.concat([bytesField(1, name), ...items, intField(20, type)]);
}

/** An input or output of the graph (`ValueInfoProto`) of shape `(N,)`: one value a row. */
export function columnInfo(name: string, type: ElementType): Buffer {
  const shape = bytesField(1, bytesField(2, 'N'));
  const tensorType = Buffer.concat([intField(1, type), bytesField(2, shape)]);
  return Buffer.concat([bytesField(1, name), bytesField(2, bytesField(1, tensorType))]);
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Buffer[];
  readonly constants: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  /** Whether an operation is of `ML_DOMAIN`. */
  readonly usesMl: boolean;
}

/** The whole file (`ModelProto`). */
export function model(producer: string, graph: Graph): Buffer {
  const graphProto = Buffer.concat([
    ...graph.nodes.map((value) => bytesField(1, value)),
    bytesField(2, graph.name),
    ...graph.constants.map((value) => bytesField(5, value)),
    ...graph.inputs.map((value) => bytesField(11, value)),
    ...graph.outputs.map((value) => bytesField(12, value)),
  ]);
  const operatorSet = (domain: string, version: number) =>
    bytesField(8, Buffer.concat([bytesField(1, domain), intField(2, version)]));
  return Buffer.concat([
    intField(1, IR_VERSION),
    bytesField(2, producer),
    bytesField(7, graphProto),
    operatorSet('', OPSET_VERSION),
    ...(graph.usesMl ? [operatorSet(ML_DOMAIN, ML_OPSET_VERSION)] : []),
  ]);
}
