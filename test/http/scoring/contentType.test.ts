import { describe, expect, it } from 'vitest';
import { bodyTypeOf } from '../../../src/http/scoring/contentType.ts';

describe('bodyTypeOf', () => {
  it.each([
    ['application/json', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/json;charset="UTF-8"', 'application/json'],
    ['text/csv', 'text/csv'],
    ['text/csv; charset=UTF-8', 'text/csv'],
  ])('takes %s', (header, type) => {
    expect(bodyTypeOf(header)).toBe(type);
  });

  it.each([
    [undefined],
    [''],
    ['text/plain'],
    ['application/json; charset=latin-1'],
    ['application/json; header=present'],
    ['application/json; charset=utf-8; charset=latin-1'],
    ['application/vnd.apache.parquet'],
  ])('rejects %s', (header) => {
    expect(() => bodyTypeOf(header)).toThrow(
      expect.objectContaining({ status: 415, code: 'wrong_content_type' }),
    );
  });
});
