import { describe, expect, it } from 'vitest';
import { relativeReference } from '../../src/http/links.ts';

describe('relativeReference', () => {
  it.each([
    ['/train', 'deliveries/4cd4', 'deliveries/4cd4'],
    ['/train/', 'deliveries/4cd4', '../deliveries/4cd4'],
    ['/deliveries', 'deliveries/4cd4', 'deliveries/4cd4'],
    ['/deliveries/4cd4', 'deliveries/4cd4', '../deliveries/4cd4'],
    ['/deliveries/4cd4/retry', 'deliveries/4cd4', '../../deliveries/4cd4'],
    ['/', 'jobs', 'jobs'],
  ])('from %s to %s is %s', (from, to, reference) => {
    expect(relativeReference(from, to)).toBe(reference);
    for (const prefix of ['', '/ml', '/a/b/c']) {
      const { pathname } = new URL(reference, `https://example.com${prefix}${from}?x=/y/`);
      expect(pathname).toBe(`${prefix}/${to}`);
    }
  });
});
