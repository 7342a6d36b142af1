import { expect, test } from 'vitest';
import * as errors from '../src/errors.ts';

const { TrainpostError, fromData, toData } = errors;

const classes = Object.values(errors).filter(
  (one) => typeof one === 'function' && one.prototype instanceof TrainpostError,
) as unknown as (typeof errors.DataError)[];

test('there are classes', () => {
  expect(classes.length).toBeGreaterThan(8);
});

test.each(classes.map((Class) => [Class.name, Class] as const))(
  '%s is the same error after it was data',
  (_, Class) => {
    const error = new Class('some_code', 'Something happened: do something.', { field: 'f', limit: 3 });
    const again = fromData(JSON.parse(JSON.stringify(toData(error))));
    expect(again).toBeInstanceOf(Class);
    expect(toData(again)).toEqual({
      name: Class.name,
      code: 'some_code',
      message: 'Something happened: do something.',
      details: { field: 'f', limit: 3 },
    });
  },
);

test.each([undefined, 'SomebodyElsesError', 'toString'])('%s comes back as DataError', (name) => {
  const data = { code: 'c', message: 'm', ...(name !== undefined && { name }) };
  expect(fromData(data)).toBeInstanceOf(errors.DataError);
});
