import { cpus } from 'node:os';
import { table } from '../statistics.ts';
import type { Row } from './row.ts';

/** The table that bench/README.md keeps, and below it what else was counted. */
export function report(rows: readonly Row[], minutes: number): string {
  const [cpu] = cpus();
  return [
    `${cpus().length} cores (${cpu?.model}), Node ${process.versions.node}, in ${Math.ceil(minutes)} minutes:`,
    '',
    table(
      ['what', 'found', 'bar', 'reached'],
      rows.map(({ what, figure, bar, passed }) => [what, figure, bar, passed ? 'yes' : '**no**']),
    ),
    '',
    ...rows
      .filter(({ details }) => details.length > 0)
      .map(({ what, details }) => `- ${what}: ${details.join(' ')}`),
  ].join('\n');
}
