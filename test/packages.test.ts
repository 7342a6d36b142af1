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
  it('that the service needs have no scripts of their own to run when they are installed', () => {
    const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(withScript.filter(([, { dev, optional }]) => !dev && !optional)).toEqual([]);
    // esbuild has one, which only checks what it has installed: without it there would be nothing to find here.
    expect(withScript.length).toBeGreaterThan(0);
  });

  it('are locked by what is in them, wherever they come from; optional ones are for building on other machines', () => {
    const wanted = locked.filter(([, { optional }]) => !optional);
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  it('are each named with their reason in ARCHITECTURE.md', () => {
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
