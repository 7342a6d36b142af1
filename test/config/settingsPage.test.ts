import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsPage } from '../../docs/generate/settingsPage.ts';
import type { Group } from '../../src/config/setting.ts';
import { SETTINGS } from '../../src/config/settings.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8');
const rows = Object.values<Group>(SETTINGS).flatMap(({ settings }) => Object.values(settings));

describe('docs/settings.md', () => {
  it('is the page that npm run docs writes', () => {
    expect(PAGE, 'run npm run docs').toBe(settingsPage());
  });

  it.each(rows)(
    'has one row for $name, with its meaning and every code',
    ({ name, meaning, limits = [] }) => {
      const lines = PAGE.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));
      expect(lines).toEqual([expect.stringContaining(meaning)]);
      for (const code of limits.flatMap(({ codes }) => codes)) expect(lines[0]).toContain(`\`${code}\``);
    },
  );

  it('has a heading for each link within the page', () => {
    const anchors = PAGE.split('\n')
      .filter((line) => line.startsWith('## '))
      .map((line) => line.slice(3).toLowerCase().replaceAll(' ', '-'));
    const links = [...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(Object.keys(SETTINGS).length);
    expect(links.filter((link) => !anchors.includes(link as string))).toEqual([]);
  });
});

describe('the table of settings', () => {
  it('has each variable once', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it.each(rows)('describes $name in sentences', ({ meaning, reason }) => {
    for (const sentence of [meaning, reason ?? 'None.'])
      expect(sentence).toMatch(/^([A-Z0-9`]|trainpost).*\.$/);
  });
});
