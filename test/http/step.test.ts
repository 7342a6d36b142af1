import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { pathOf } from '../../src/http/step.ts';

it.each([
  ['/train', '/train'],
  ['/predict?model=a', '/predict'],
  ['/a/b#c', '/a/b'],
  ['/?x', '/'],
  ['http://host:80/test?x', '/test'],
  ['http://host', '/'],
  ['HTTP://host/a?http://other/b', '/a'],
  ['*', '*'],
  ['/http://host/a', '/http://host/a'],
  ['', '/'],
])('the path of the target %s is %s', (url, path) => {
  expect(pathOf({ url } as IncomingMessage)).toBe(path);
});
