import { cpus } from 'node:os';
import { cancelCases } from './cancelCases.ts';
import { EngineBench } from './engineBench.ts';
import { progressCost } from './progressCost.ts';
import { quantile, table } from './statistics.ts';

const TRIES = Number(process.env['CANCEL_TRIES'] || 50);

/**
 * Cancels trainings of 5M x 9 at random moments of each stage, and times how long each takes to be rejected. A try ends the
 * bench with an error if it leaves memory behind, or if the training after it has other numbers.
 */
export async function cancel(): Promise<string> {
  const bench = await EngineBench.start();
  const rows: string[][] = [];
  try {
    for (const one of await cancelCases(bench)) {
      const { rejected, next } = await bench.measure(one, TRIES);
      const ms = (q: number) => quantile(rejected, q).toFixed(1);
      const row = [one.name, ms(0.5), ms(0.99), ms(1), quantile(next, 1).toFixed(0), String(rejected.length)];
      rows.push(row);
      process.stderr.write(`${row.join(', ')}\n`);
    }
  } finally {
    await bench.close();
  }
  return [
    `5M x 9, Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}), ${bench.threads}:`,
    '',
    table(['cancelled while', 'p50 ms', 'p99 ms', 'max ms', 'the next small training, max ms', 'n'], rows),
    '',
    await progressCost(),
  ].join('\n');
}
