import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}

const manifest = JSON.parse(read('package.json')) as Readonly<
  Record<'dependencies' | 'devDependencies', Record<string, string>>
>;
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(([name]) => name !== '');

describe('the packages', () => {
  it('of the running service have no install scripts', () => {
    const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(withScript.filter(([, { dev, optional }]) => !dev && !optional)).toEqual([]);
    // esbuild has an install script, which only checks the installation. It shows that this test finds scripts.
    expect(withScript.length).toBeGreaterThan(0);
  });

  // Optional packages are for building on other machines.
  it('are locked by their content, and not by the registry that they come from', () => {
    const required = locked.filter(([, { optional }]) => !optional);
    expect(required.length).toBeGreaterThan(100);
    expect(required.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('are all in ARCHITECTURE.md, each with its reason', () => {
    const [, section = ''] = read('ARCHITECTURE.md').split('## Dependencies, each with its reason');
    const [table = ''] = section.split('\n#');
    const reasons = table.split('\n').filter((line) => line.startsWith('| '));
    const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const without = names.filter(
      (name) => !name.startsWith('@types/') && !reasons.some((row) => row.split('|')[1]!.includes(name)),
    );
    expect(without).toEqual([]);
  });
});
