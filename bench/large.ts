import { cpus, loadavg, totalmem } from 'node:os';
import { Ours, startOriginal } from './contestants.ts';
import type { Shape } from './largeData.ts';
import {
  type Contestants,
  type Curve,
  measureCurve,
  measureMemory,
  measureParsing,
  measureSweep,
  measureTrainings,
  nameOf,
  ROUNDS,
  type Trainings,
} from './largeMeasures.ts';
import { curveTable, memoryNote, sayRatio, stagesTable, sweepNote } from './largeReport.ts';
import { table } from './statistics.ts';

/** Share of the rows. `BENCH_SCALE=0.01` tries the bench itself on a hundredth of the rows. */
const SCALE = Number(process.env['BENCH_SCALE'] || 1);
const scaled = (kind: Shape['kind'], rows: number): Shape => ({ kind, rows: Math.round(rows * SCALE) });

const MILLION = scaled('ordinary', 1_000_000);
const FIVE_MILLION = scaled('ordinary', 5_000_000);
const MANY_DIGITS = scaled('digits', 1_000_000);
const WIDE = scaled('wide', 100_000);
const CURVE = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000].map((rows) =>
  scaled('ordinary', rows),
);

/** Compares large files with the original: time, memory and results. Different results end the bench with an error. */
export async function large(): Promise<string> {
  const contestants: Contestants = { original: await startOriginal(), ours: await Ours.start() };
  try {
    return await measureAll(contestants);
  } finally {
    await contestants.original.stop();
    await contestants.ours.lines.stop();
  }
}

async function measureAll(contestants: Contestants): Promise<string> {
  const head = await machine(contestants);
  const million = await told(MILLION, () => measureTrainings(contestants, MILLION, { withService: true }));
  const digits = await told(MANY_DIGITS, () => measureParsing(contestants, MANY_DIGITS));
  const ordinary = await told(MILLION, () => measureParsing(contestants, MILLION));
  const wide = await told(WIDE, () => measureTrainings(contestants, WIDE));
  const sweep = await told(MILLION, () => measureSweep(contestants, MILLION));
  const fiveMillion = await told(FIVE_MILLION, () => measureTrainings(contestants, FIVE_MILLION));
  const memory = await told(FIVE_MILLION, () => measureMemory(contestants, FIVE_MILLION));
  const curve: Curve[] = [];
  for (const shape of CURVE) curve.push(await told(shape, () => measureCurve(contestants, shape)));
  const rows = [
    sayRatio('last byte to metrics, 1M x 9', afterLastByte(million), [3, 5]),
    sayRatio('last byte to metrics, 5M x 9', afterLastByte(fiveMillion), [4, 6]),
    sayRatio(
      'first byte to metrics, 1M x 9, both as a service',
      { original: million.service, ours: million.ours.map(({ wholeMs }) => wholeMs) },
      [3, 5],
    ),
    sayRatio('peak memory, 5M x 9', memory, [3, 5], 'MB'),
    sayRatio('parse alone, 1M x 9', ordinary, [1.3, 2]),
    sayRatio('parse alone, 1M x 9, 15 to 18 digits in four columns', digits, [1.1, 1.5]),
    sayRatio('last byte to metrics, 100,000 x 101', afterLastByte(wide), [2, 4]),
    sayRatio('20 values of C, 1M x 9, in memory', sweep, [2, 5]),
  ];
  return [
    head,
    '',
    table(['what', 'original', 'trainpost', 'times better', 'range', 'bar', 'aim', 'reached'], rows),
    '',
    stagesTable([million, fiveMillion, wide]),
    '',
    sweepNote(sweep),
    memoryNote(memory),
    '',
    curveTable(curve, MILLION),
  ].join('\n');
}

function afterLastByte({ original, ours }: Trainings) {
  return {
    original: original.map(({ ms }) => ms),
    ours: ours.map(({ afterLastByteMs }) => afterLastByteMs),
  };
}

async function machine({ original }: Contestants): Promise<string> {
  const versions = await original.ask<Record<string, string>>('versions');
  const python = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB`;
  const load = `load ${loadavg()[0]?.toFixed(1)} before the start`;
  const scale = SCALE === 1 ? [] : [`**a trial with ${SCALE} of the rows**`];
  return [
    `${cpus().length} cores (${cpus()[0]?.model}), ${memory}, ${load}; Node ${process.versions.node}, ${python.join(', ')};`,
    [`medians of ${ROUNDS}, in turns:`, ...scale].join(' '),
  ].join('\n');
}

/** Measures, and shows progress, because the bench takes minutes. */
async function told<Result>(shape: Shape, measure: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const result = await measure();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`${measure.toString().match(/measure\w+/)?.[0]} ${nameOf(shape)}: ${seconds} s\n`);
  return result;
}
