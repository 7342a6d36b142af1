import { built, call, dict, float, global, int, list, type PyObject, type PyValue } from './pickle.ts';

/** Attributes of an object in Python, by name. */
export type Attributes = Readonly<Record<string, PyValue>>;

/** The version of the reader's own scikit-learn. */
const VERSION = { _sklearn_version: global('sklearn', '__version__') };

/** An estimator as its class called with these arguments makes it, with these attributes laid over it. */
export function make(
  module: string,
  name: string,
  attributes: Attributes,
  ...args: readonly PyValue[]
): PyObject {
  return built(call(global(module, name), ...args), dict({ ...attributes, ...VERSION }));
}

type Nested = readonly (number | string | readonly number[])[];
type DType = 'float64' | 'int64' | 'int32' | 'bool' | 'object';

/** `numpy.array(values, dtype)`; exact, for a pickled float has all its 64 bits. */
export function array(values: Nested, dtype: DType): PyObject {
  const item = (value: Nested[number]): PyValue =>
    typeof value === 'object' ? list(value.map(item)) : scalar(value, dtype);
  return call(global('numpy', 'array'), list(values.map(item)), dtype);
}

/** An item of an array, as `array.tolist()` gives it. */
export function scalar(value: number | string, dtype: DType): PyValue {
  if (typeof value === 'string') return value;
  if (dtype === 'bool') return value === 1;
  return dtype === 'float64' ? float(value) : int(value);
}

/** `numpy.dtype(name)` */
export function dtype(name: DType): PyObject {
  return call(global('numpy', 'dtype'), name);
}

/** `slice(start, end)` */
export function slice(start: number, end: number): PyObject {
  return call(global('builtins', 'slice'), int(start), int(end), null);
}

/** As a person would have written it: `feature_range=(0, 1)` are ints, and `repr` shows what differs from the default. */
export function number(value: number): PyValue {
  return Number.isInteger(value) ? int(value) : float(value);
}
