import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluatePage } from './evaluatePage.ts';
import { fieldsPage } from './fieldsPage.ts';
import { settingsPage } from './settingsPage.ts';

// `npm run docs`: writes the pages that come from tables in src/. A test compares each page with its table.
const pages = { 'evaluate.md': evaluatePage, 'fields.md': fieldsPage, 'settings.md': settingsPage };
for (const [name, page] of Object.entries(pages))
  writeFileSync(join(import.meta.dirname, '..', name), page());
