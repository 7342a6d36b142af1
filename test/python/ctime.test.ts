import { describe, expect, it } from 'vitest';
import { ctime } from '../../src/python/ctime.ts';

describe('ctime', () => {
  it.each([
    [new Date(2026, 10, 23, 1, 49, 33), 'Mon-Nov-23-01:49:33-2026'],
    [new Date(2026, 10, 1, 9, 5, 0), 'Sun-Nov--1-09:05:00-2026'],
    [new Date(2024, 1, 29, 23, 59, 59), 'Thu-Feb-29-23:59:59-2024'],
  ])('%s', (date, expected) => {
    expect(ctime(date)).toBe(expected);
  });
});
