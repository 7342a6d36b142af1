import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsPage } from './settingsPage.ts';

// `npm run docs`: writes the pages of docs/ that come from tables in src/. A test compares each page with its table.
writeFileSync(join(import.meta.dirname, '../docs/settings.md'), settingsPage());
