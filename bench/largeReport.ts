import type { Shape } from './largeData.ts';
import { type Curve, type Memory, nameOf, ROUNDS, type Sweeps, type Trainings } from './largeMeasures.ts';
import { median, table } from './statistics.ts';

/** A row of the table: the medians, their ratio, and the smallest and largest ratio of a round. */
export function sayRatio(
  what: string,
  { original, ours }: { readonly original: readonly number[]; readonly ours: readonly number[] },
  [bar, aim]: readonly [bar: number, aim: number],
  unit = 'ms',
): string[] {
  const ratios = original.map((value, round) => value / ours[round]!);
  const ratio = median(original) / median(ours);
  return [
    what,
    `${plain(median(original))} ${unit}`,
    `${plain(median(ours))} ${unit}`,
    `**${ratio.toFixed(2)}**`,
    `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}`,
    String(bar),
    String(aim),
    ratio >= aim ? 'aim' : ratio >= bar ? 'bar' : 'no',
  ];
}

/** The table of the time of each stage on both sides, and of the largest difference of the results. */
export function stagesTable(trainings: readonly Trainings[]): string {
  const rows = trainings.flatMap(({ shape, original, ours, difference }) => {
    const iterations = String(original[0]!.nIter);
    return [
      [nameOf(shape), 'original', stages(original), '', ms(original, 'ms'), iterations, ''],
      [
        '',
        'trainpost',
        stages(ours),
        ms(ours, 'wholeMs'),
        `${ms(ours, 'afterLastByteMs')} (${ms(ours, 'afterSendingMs')})`,
        String(ours[0]!.nIter),
        difference.toExponential(1),
      ],
    ];
  });
  return [
    'Medians in milliseconds. The time from the last byte begins when the service has read it; in brackets, when the client',
    'has sent it. Columns count the target.',
    '',
    table(
      ['file', '', 'stages', 'from the first byte', 'from the last byte', 'iterations', 'largest difference'],
      rows,
    ),
  ].join('\n');
}

function stages(trainings: readonly { readonly stages: Readonly<Record<string, number>> }[]): string {
  return Object.keys(trainings[0]!.stages)
    .map((name) => `${name} ${plain(median(trainings.map((training) => training.stages[name]!)))}`)
    .join(', ');
}

export function sweepNote({ difference, iterations: [least, most] }: Sweeps): string {
  return `The 20 fits for 20 values of C take ${least} to ${most} iterations, the same in both; the largest difference of a coefficient is ${difference.toExponential(1)}.`;
}

/** One sentence that shows whether a process uses its memory again. */
export function memoryNote({ afterMany }: Memory): string {
  return `After ${ROUNDS} requests with this file in one process, trainpost's peak is ${plain(afterMany)} MB.`;
}

/**
 * The table of the time a row for each size, from the request's first byte to the answer.
 * @param unit the size whose time counts as 1
 */
export function curveTable(curve: readonly Curve[], unit: Shape): string {
  const perRow = ({ shape, ours }: Curve) => (median(ours.map(({ wholeMs }) => wholeMs)) / shape.rows) * 1e6;
  const times = curve.map(perRow);
  const at = curve.findIndex(({ shape }) => shape.rows === unit.rows);
  const rows = curve.map((point, index) => [
    point.shape.rows.toLocaleString('en'),
    ms(point.ours, 'wholeMs'),
    ms(point.ours, 'afterLastByteMs'),
    plain(times[index]!),
    `${(times[index]! / times[at]!).toFixed(2)}`,
    String(point.ours[0]!.nIter),
    point.difference.toExponential(1),
  ]);
  return [
    table(
      [
        'rows',
        'first byte to answer, ms',
        'last byte to metrics, ms',
        'ns a row',
        'times that of 1M rows',
        'iterations',
        'largest difference',
      ],
      rows,
    ),
    '',
    `Time a row, slowest size to fastest: **${(Math.max(...times) / Math.min(...times)).toFixed(2)}** (bar 1.25, aim 1).`,
  ].join('\n');
}

function ms<Key extends string>(samples: readonly Readonly<Record<Key, number>>[], key: Key): string {
  return plain(median(samples.map((sample) => sample[key])));
}

const plain = (value: number) => value.toFixed(value < 100 ? 1 : 0);
