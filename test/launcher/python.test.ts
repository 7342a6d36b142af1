import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findPython } from '../../src/launcher/python.ts';
import { executable, temporaryFolder } from './support.ts';

const says = (answer: string) => `console.log(${JSON.stringify(answer)})`;

it.each([
  [
    'python3',
    { python3: '3 12 /usr/bin/python3.12', python: '3 11 /usr/bin/python3.11' },
    '/usr/bin/python3.12',
  ],
  ['python, if python3 is too old', { python3: '3 9 /a', python: '3 10 /a b/python' }, '/a b/python'],
  ['py -3', { py: '3 14 C:\\Python\\python.exe' }, 'C:\\Python\\python.exe'],
])('takes %s', async (_name, interpreters, expected) => {
  expect(await findPython(pathWith(interpreters as unknown as Record<string, string>))).toBe(expected);
});

it.each([
  ['nothing', {}, 'no Python was found'],
  ['Python 2 only', { python: '2 7 /a' }, 'only Python 2.7 was found'],
  ['Python 4 only', { python3: '4 12 /a' }, 'only Python 4.12 was found'],
  [
    'a program that prints something else',
    { python3: 'Python was not found; run without arguments to install' },
    'no Python',
  ],
])('says what to do if it finds %s', async (_name, interpreters, what) => {
  const searchPath = pathWith(interpreters as unknown as Record<string, string>);
  const message = new RegExp(`${what}.*: install Python 3.10 or newer, or set MLFLOW_TRACKING_URI`);
  await expect(findPython(searchPath)).rejects.toThrow(message);
});

/** Makes a folder with these interpreters and nothing else. Their `#!/bin/sh` is found without PATH. */
function pathWith(interpreters: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, answer] of Object.entries(interpreters)) executable(join(folder, name), says(answer));
  return folder;
}
