import type { Block } from './blocks.ts';
import type { Summary } from './summary.ts';

/** Points of the chart of a sweep. */
const CHART_POINTS_MAX = 50;

/** The value by the setting, if candidates differ in one setting only. */
export function sweepChart(
  { rows, select }: NonNullable<Summary['sweep']>,
  names: readonly string[],
): readonly Block[] {
  const [name] = names;
  const points = rows
    .filter(({ value }) => value !== null)
    .sort((a, b) => a.candidate - b.candidate)
    .slice(0, CHART_POINTS_MAX);
  if (name === undefined || names.length > 1 || points.length < 2) return [];
  const values = points.map(({ value }) => value as number);
  const quoted = (text: string) => `"${text.replaceAll(/[^\w .+*/()=-]/g, ' ')}"`;
  return [
    chart(
      `x-axis ${quoted(name)} [${points.map(({ settings }) => quoted(String(settings[name] ?? 'none'))).join(', ')}]`,
      `y-axis ${quoted(select)} ${axisEnd(Math.min(...values), Math.floor)} --> ${axisEnd(Math.max(...values), Math.ceil)}`,
      `line [${values.map((value) => Number(value.toPrecision(5))).join(', ')}]`,
    ),
  ];
}

/** The end of an axis a little beyond the values, so that a flat line has an axis too. */
function axisEnd(value: number, round: (x: number) => number): number {
  const step = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))) - 1);
  const end = round(value / step) * step;
  return Number((end === value ? (round === Math.floor ? end - step : end + step) : end).toPrecision(6));
}

/** A chart that GitHub and GitLab draw with Mermaid. */
function chart(...lines: readonly string[]): Block {
  return {
    kind: 'code',
    language: 'mermaid',
    text: ['xychart-beta', ...lines.map((line) => `    ${line}`)].join('\n'),
  };
}

export function rocChart(roc: readonly number[]): Block {
  return chart(
    'title "ROC curve of the test rows"',
    'x-axis "false positive rate" 0 --> 1',
    'y-axis "true positive rate" 0 --> 1',
    `line [${roc.join(', ')}]`,
  );
}
