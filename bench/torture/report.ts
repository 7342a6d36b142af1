import { cpus } from 'node:os';
import { table } from '../statistics.ts';
import type { Row } from './row.ts';

/** The table for bench/README.md. The details of each row follow below it. */
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
