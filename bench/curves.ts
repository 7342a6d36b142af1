import { cpus } from 'node:os';
import { Ours } from './contestants.ts';
import { dataFile } from './largeData.ts';
import { median, table } from './statistics.ts';

/** Share of the rows. `BENCH_SCALE=0.01` tries the bench itself on a hundredth of the rows. */
const SCALE = Number(process.env['BENCH_SCALE'] || 1);
const SIZES = [1_000_000, 5_000_000].map((rows) => Math.round(rows * SCALE));
const ROUNDS = 15;
const SHARE_MAX = 0.1;

/**
 * Measures what the curves cost: training and test rows in memory are predicted and measured with and without curves, in turns on
 * one thread. The time is the processor's, because other programs on the machine cost more than the curves do.
 */
export async function curves(): Promise<string> {
  const ours = await Ours.start();
  try {
    const rows: string[][] = [];
    for (const size of SIZES) {
      await ours.lines.ask('load', { path: dataFile({ kind: 'ordinary', rows: size }) });
      const { without, withCurves } = await ours.lines.ask<{ without: number[]; withCurves: number[] }>(
        'evaluate',
        { rounds: ROUNDS },
      );
      await ours.lines.ask('forget');
      const share = median(withCurves) / median(without) - 1;
      rows.push([
        `${size.toLocaleString('en')} x 9`,
        median(without).toFixed(1),
        median(withCurves).toFixed(1),
        `**${(100 * share).toFixed(1)} %**`,
        share < SHARE_MAX ? 'yes' : 'no',
      ]);
    }
    return [
      `${cpus().length} cores (${cpus()[0]?.model}); Node ${process.versions.node}; medians of ${ROUNDS} in turns, milliseconds of the processor:`,
      '',
      table(['rows', 'evaluation', 'with curves', 'more', `under ${100 * SHARE_MAX} %`], rows),
    ].join('\n');
  } finally {
    await ours.lines.stop();
  }
}
