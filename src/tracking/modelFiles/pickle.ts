/**
 * Writes Python's pickle format, protocol 2, which every Python 3 reads. Only what a fitted estimator needs: plain
 * values, public names, calls and state. Nothing is shared between values, so no memo is kept. Never reads one.
 *
 * Source of the opcodes: CPython, Lib/pickletools.py.
 */
export type PyValue = null | boolean | string | PyInt | PyFloat | PyList | PyTuple | PyDict | PyObject;

/** Something that is made in the reader: a name that is imported, a call, or an object that is then given its state. */
export type PyObject = PyGlobal | PyCall | PyBuilt;

interface PyInt {
  readonly py: 'int';
  readonly value: number;
}
interface PyFloat {
  readonly py: 'float';
  readonly value: number;
}
interface PyList {
  readonly py: 'list';
  readonly items: readonly PyValue[];
}
interface PyTuple {
  readonly py: 'tuple';
  readonly items: readonly PyValue[];
}
export interface PyDict {
  readonly py: 'dict';
  readonly entries: readonly (readonly [key: string, value: PyValue])[];
}
interface PyGlobal {
  readonly py: 'global';
  readonly module: string;
  readonly name: string;
}
interface PyCall {
  readonly py: 'call';
  readonly callee: PyGlobal;
  readonly args: readonly PyValue[];
}
interface PyBuilt {
  readonly py: 'built';
  readonly object: PyCall;
  readonly state: PyDict;
}

/** JavaScript has one kind of number, Python two: which one is meant is always said. */
export const int = (value: number): PyInt => ({ py: 'int', value });
export const float = (value: number): PyFloat => ({ py: 'float', value });
export const list = (items: readonly PyValue[]): PyList => ({ py: 'list', items });
export const tuple = (...items: readonly PyValue[]): PyTuple => ({ py: 'tuple', items });
export const dict = (values: Readonly<Record<string, PyValue>>): PyDict => ({
  py: 'dict',
  entries: Object.entries(values),
});

/** A name that the reader imports: `module.name`. */
export const global = (module: string, name: string): PyGlobal => ({ py: 'global', module, name });

/** The reader calls `callee(*args)`. */
export const call = (callee: PyGlobal, ...args: readonly PyValue[]): PyCall => ({ py: 'call', callee, args });

/** The reader calls `object.__setstate__(state)`, or puts the state in its `__dict__`. */
export const built = (object: PyCall, state: PyDict): PyBuilt => ({ py: 'built', object, state });

/** The bytes of a pickle of `value`. @throws RangeError for an `int` that is not a whole number of 64 bits. */
export function pickle(value: PyValue): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 2])];
  write(value, parts);
  parts.push(Buffer.from('.'));
  return Buffer.concat(parts);
}

function write(value: PyValue, parts: Buffer[]): void {
  const op = (code: string, ...operands: Buffer[]) => parts.push(Buffer.from(code, 'latin1'), ...operands);
  const writeAll = (items: readonly PyValue[]) => items.forEach((item) => void write(item, parts));

  if (value === null) op('N');
  else if (typeof value === 'boolean') op(value ? '\x88' : '\x89');
  else if (typeof value === 'string') op('X', utf8(value));
  else {
    switch (value.py) {
      case 'int':
        parts.push(integer(value.value));
        break;
      case 'float':
        op('G', float64(value.value));
        break;
      case 'list':
        op('](');
        writeAll(value.items);
        op('e');
        break;
      case 'tuple':
        op('(');
        writeAll(value.items);
        op('t');
        break;
      case 'dict':
        op('}(');
        writeAll(value.entries.flat());
        op('u');
        break;
      case 'global':
        op('c', Buffer.from(`${value.module}\n${value.name}\n`));
        break;
      case 'call':
        writeAll([value.callee, tuple(...value.args)]);
        op('R');
        break;
      case 'built':
        writeAll([value.object, value.state]);
        op('b');
        break;
    }
  }
}

/** BININT where 32 bits are enough, else LONG1: the number of bytes, then two's complement, lowest byte first. */
function integer(value: number): Buffer {
  if ((value | 0) === value) {
    const operand = Buffer.alloc(5, 'J');
    operand.writeInt32LE(value, 1);
    return operand;
  }
  const operand = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
  operand.writeBigInt64LE(BigInt(value), 2);
  return operand;
}

/** Highest byte first, unlike everything else in the format. */
function float64(value: number): Buffer {
  const operand = Buffer.alloc(8);
  operand.writeDoubleBE(value);
  return operand;
}

function utf8(value: string): Buffer {
  const text = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}
