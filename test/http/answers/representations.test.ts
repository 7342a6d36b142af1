import { describe, expect, it } from 'vitest';
import { isNegotiated, preferred } from '../../../src/http/answers/representations.ts';

describe('preferred', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['text/*', 'markdown'],
    ['application/problem+json', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/markdown', 'markdown'],
    ['TEXT/Markdown; charset=UTF-8', 'markdown'],
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openMetrics'],
    ['text/csv; header=present', 'csv'],
    ['text/markdown, application/json', 'markdown'],
    ['text/markdown;q=0.5, application/json', 'json'],
    ['application/json;q=0.5, application/xml;q=0.9', 'junit'],
    ['*/*;q=0.1, text/csv', 'csv'],
    ['*/*, application/json;q=0', 'markdown'],
    // Firefox and Chromium.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
    ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'json'],
    ['text/plain', undefined],
    ['image/png, text/plain;q=1', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=high', undefined],
    [',;q=1,/', undefined],
  ] as const)('%s -> %s', (accept, representation) => {
    expect(preferred(accept)).toBe(representation);
  });
});

it.each([
  ['/train', true],
  ['/Evaluate/', true],
  ['/train/x', false],
  ['/predict', false],
] as const)('isNegotiated(%s) is %s', (path, is) => {
  expect(isNegotiated(path)).toBe(is);
});
