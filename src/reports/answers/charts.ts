import type { Block } from './blocks.ts';
import type { Summary } from './summary.ts';

/** Points of the chart of a sweep. */
const CHART_POINTS_MAX = 50;
/** Mermaid's own colour is hardly seen on white. This blue is seen on dark pages too. */
const COLOURS = '%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#0072b2"}}}}%%';
/** A longer label covers its neighbours. */
const LABEL_CHARS_MAX = 40;

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
  const [low, high] = [axisEnd(Math.min(...values), Math.floor), axisEnd(Math.max(...values), Math.ceil)];
  // Values below 0.00001 are not told apart.
  if (low === high) return [];
  return [
    chart(
      `x-axis ${quoted(name)} [${points.map(({ settings }) => quoted(String(settings[name] ?? 'none'))).join(', ')}]`,
      `y-axis ${quoted(select)} ${low} --> ${high}`,
      `line [${values.map(plainNumber).join(', ')}]`,
    ),
  ];
}

/** The end of an axis a little beyond the values, so that a flat line has an axis too. */
function axisEnd(value: number, round: (x: number) => number): string {
  const step = value === 0 ? 0.1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  const end = round(value / step) * step;
  return plainNumber(end === value ? end + (round === Math.floor ? -step : step) : end);
}

/** A number without an exponent, which Mermaid does not read. */
function plainNumber(value: number): string {
  return value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 5 });
}

/** A chart that GitHub and GitLab draw with Mermaid. */
function chart(...lines: readonly string[]): Block {
  return {
    kind: 'code',
    language: 'mermaid',
    text: [COLOURS, 'xychart-beta', ...lines.map((line) => `    ${line}`)].join('\n'),
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

/** A text as Mermaid takes it: not empty, and without signs that mean something there. */
function quoted(text: string): string {
  const plain = text.replaceAll(/[^\w .+*/()=-]/g, ' ').trim();
  return `"${plain.slice(0, LABEL_CHARS_MAX) || '-'}"`;
}
