import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODE_SECTIONS, type CodeRow } from '../../src/http/codes/index.ts';
import { markdownTable } from './table.ts';

const PAGE = join(import.meta.dirname, '../errors.md');
/** The first table of a section; rows may be missing. */
const TABLE = /(?:^\|.*\n)+/m;

/** The text of docs/errors.md: the page as it is, with the tables of the codes. */
export function errorsPage(): string {
  return Object.entries(CODE_SECTIONS).reduce(
    (page, [title, rows]) => {
      const heading = `\n## ${title}\n`;
      const at = page.indexOf(heading);
      if (at < 0) throw new Error(`docs/errors.md has no section ${title}.`);
      const next = page.indexOf('\n## ', at + heading.length);
      const section = page.slice(at, next < 0 ? undefined : next);
      const written = section.replace(TABLE, () => `${tableOf(rows)}\n`);
      return page.slice(0, at) + written + (next < 0 ? '' : page.slice(next));
    },
    readFileSync(PAGE, 'utf8'),
  );
}

function tableOf(rows: readonly CodeRow[]): string {
  const hasStatus = rows.some(([, status]) => status !== undefined);
  return markdownTable(
    ['code', ...(hasStatus ? ['status'] : []), 'what happened', 'what to do'],
    rows.map(([code, status, happened, todo]) => [
      `\`${code}\``,
      ...(hasStatus ? [String(status)] : []),
      happened,
      todo,
    ]),
  );
}
