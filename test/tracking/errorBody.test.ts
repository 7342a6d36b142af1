import { describe, expect, test } from 'vitest';
import { parseErrorBody, shownMessage } from '../../src/tracking/errorBody.ts';

describe('parseErrorBody', () => {
  test.each([
    ['{"error_code":"BAD","message":"no such thing"}', 'BAD', 'no such thing'],
    ['{"detail":"Not Found"}', undefined, 'Not Found'],
    ['{"detail":[{"loc":["body"],"msg":"missing"}]}', undefined, '[{"loc":["body"],"msg":"missing"}]'],
    ['{"error_code":7,"message":null}', undefined, ''],
    ['{}', undefined, ''],
    ['null', undefined, 'null'],
    ['"text"', undefined, '"text"'],
    ['{"error_code":"CUT","mess', undefined, '{"error_code":"CUT","mess'],
    ['You are not authenticated.', undefined, 'You are not authenticated.'],
    ['<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>x</h1>', undefined, '404 Not Found'],
    ['<html><body>Bad</body></html>', undefined, 'an HTML page'],
    ['', undefined, ''],
  ])('%s', (text, errorCode, message) => {
    expect(parseErrorBody(text)).toEqual({ errorCode, message });
  });
});

describe('shownMessage', () => {
  test.each([
    ['A sentence.', 'A sentence'],
    ['\n (sqlite3.IntegrityError) UNIQUE\n[SQL: INSERT ...]\nTraceback', '(sqlite3.IntegrityError) UNIQUE'],
    ['bell\u0007 and escape\u001b[31m', 'bell  and escape [31m'],
    ['x'.repeat(1000), `${'x'.repeat(300)}…`],
  ])('%j', (message, shown) => {
    expect(shownMessage(message)).toBe(shown);
  });
});
