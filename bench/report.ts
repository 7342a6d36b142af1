import { cpus } from 'node:os';
import { drawReport } from '../src/reports/draw.tsx';
import { csvOf, reportOf } from '../test/reports/sample.ts';
import { post } from './postForm.ts';
import { startAccepting, withServices } from './services.ts';
import { median, table } from './statistics.ts';

const WARM_UP = 12;
const ROUNDS = 50;
/** A single millisecond is looked for in times of twenty. */
const ACCEPTED_ROUNDS = 150;
/** A drawing costs milliseconds of one thread. */
const DRAWINGS = 200;
const KINDS = ['false', 'true', 'full'] as const;

type Samples = Record<(typeof KINDS)[number], number[]>;

/**
 * Measures what a report costs: to draw it, a whole training with each kind of report against one without, and the same until the
 * training is accepted.
 */
export async function report(): Promise<string> {
  const drawn = await drawings();
  const whole = await withServices(({ trainpost }) => inTurns(trainpost, ROUNDS));
  const accepted = await startAccepting((url) => inTurns(url, ACCEPTED_ROUNDS));
  const ms = (value: number) => value.toFixed(1);
  const more = (samples: Samples, kind: 'true' | 'full') => median(samples[kind]) / median(samples.false);
  const added = median(accepted.true) - median(accepted.false);
  const rows = [
    ['`report.html` for data/diabetes.csv', `${Math.round(drawn.bytes / 1000)} kB`, '200 kB'],
    ['`report.html` for 12 classes and 60 columns', `${Math.round(drawn.bytesMost / 1000)} kB`, '240 kB'],
    ['drawing, warm', `${ms(median(drawn.ms))} ms`, '15 ms'],
    [
      '`report=true` against `report=false`, whole training',
      `${more(whole, 'true').toFixed(2)} times`,
      '1.1 times',
    ],
    ['`report=full` against `report=false`', `${more(whole, 'full').toFixed(2)} times`, '1.5 times'],
    ['`report=true`, until the training is accepted', `${ms(added)} ms more`, '2 ms'],
  ];
  const medians = (name: string, samples: Samples) => [
    name,
    ...KINDS.map((kind) => ms(median(samples[kind]))),
  ];
  return [
    `data/diabetes.csv (768 x 9), Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}), in turns:`,
    '',
    table(['what', 'found', 'bar'], rows),
    '',
    table(
      ['median ms', '`report=false`', '`report=true`', '`report=full`'],
      [medians('whole training', whole), medians('until it is accepted', accepted)],
    ),
  ].join('\n');
}

async function drawings() {
  const { json } = await reportOf({});
  const columns = Array.from({ length: 60 }, (_, i) => `feature_${i}`);
  const most = await reportOf(
    {},
    csvOf(columns, 3_000, ([a = 0]) => `class ${Math.floor(a * 12)}`),
  );
  const ms: number[] = [];
  for (let i = 0; i < DRAWINGS; i += 1) {
    const startedAt = performance.now();
    drawReport(json, false);
    ms.push(performance.now() - startedAt);
  }
  const bytesOf = (text: string) => Buffer.byteLength(drawReport(text, false)[0]!.text);
  return { ms, bytes: bytesOf(json), bytesMost: bytesOf(most.json) };
}

/** The kinds change places from round to round. */
async function inTurns(url: string, rounds: number): Promise<Samples> {
  const samples: Samples = { false: [], true: [], full: [] };
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    for (let i = 0; i < KINDS.length; i += 1) {
      const kind = KINDS[(round + i) % KINDS.length]!;
      const { totalMs } = await post(url, { report: kind });
      if (round >= WARM_UP) samples[kind].push(totalMs);
    }
  }
  return samples;
}
