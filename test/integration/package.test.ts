import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Reads the example of docs/typescript.md word by word. */
function docsExample(): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/typescript.md'), 'utf8')) ?? [];
  if (code === undefined) throw new Error('docs/typescript.md has no example');
  return code;
}

describe('the package, as npm packs it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-package-'));
  const installed = join(dir, 'node_modules/trainpost');
  const run = (program: string, ...args: string[]) =>
    execFileSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
      cwd: dir,
      encoding: 'utf8',
    });

  beforeAll(() => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
        cwd: ROOT,
        encoding: 'utf8',
      }),
    );
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['xzf', join(dir, packed.filename), '-C', installed, '--strip-components=1']);
    // The package uses the dependencies that are installed here.
    symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    writeFileSync(join(dir, 'example.ts'), docsExample());
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('has declarations that the example of the docs type-checks against', () => {
    const types = join(ROOT, 'node_modules/@types');
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--typeRoots',
      types,
    ];
    expect(run('typescript/bin/tsc', ...options, '--types', 'node', 'example.ts')).toBe('');
  });

  it('prints the result that the docs show', () => {
    expect(run('tsx/dist/cli.mjs', 'example.ts').trim()).toBe(
      '{ accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 }',
    );
    expect(docsExample()).toContain('// { accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 }');
  });
});
