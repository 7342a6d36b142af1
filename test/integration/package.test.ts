import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Reads README's example word by word. */
function readmeExample(): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  if (code === undefined) throw new Error('README.md has no example in TypeScript');
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
    writeFileSync(join(dir, 'example.ts'), readmeExample());
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("has declarations that README's example type-checks against", () => {
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

  it('prints the result that README shows', () => {
    expect(run('tsx/dist/cli.mjs', 'example.ts').trim()).toBe(
      '{ accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 }',
    );
    expect(readmeExample()).toContain('// { accuracy: 0.79, entropy: 0.48, precision: 0.81, recall: 0.59 }');
  });
});
