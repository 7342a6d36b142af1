import { scaleLinear } from 'd3-scale';
import { type Box, FONT, px, Svg, XAxis, YAxis } from './frame.tsx';
import { Legend, type LegendItem, legendHeight } from './legend.tsx';
import { lineStyle } from './palette.ts';
import { fitText, isolated, shownNumber, shownPercent, textWidth } from './text.ts';

const WIDTH = 480;

interface HistogramProps {
  readonly label: string;
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  readonly of: string;
}

/** Rows by their probability: those of the class beside the others. */
export function ScoreHistogram({ label, positives, negatives, of }: HistogramProps) {
  const box: Box = { left: 66, right: WIDTH - 16, top: 8, bottom: 240 };
  const x = scaleLinear([0, 1], [box.left, box.right]);
  const y = scaleLinear([0, Math.max(1, ...positives, ...negatives)], [box.bottom, box.top]).nice();
  const step = (box.right - box.left) / positives.length;
  const items: LegendItem[] = [
    { name: label, style: lineStyle(0), isArea: true },
    { name: `not ${isolated(label)}`, style: lineStyle(1), isArea: true },
  ];
  const bars = (counts: readonly number[], side: number) =>
    counts.map((count, i) => (
      <rect
        key={`${side}-${i}`}
        x={px(box.left + i * step + 1 + (side * (step - 2)) / 2)}
        y={px(y(count))}
        width={px((step - 2) / 2)}
        height={px(box.bottom - y(count))}
        fill={lineStyle(side).colour}
      />
    ));
  const legendWidth = box.right - box.left;
  return (
    <Svg
      title={`Probabilities, ${of}`}
      says="Rows of the class and other rows by the probability that they get."
      width={WIDTH}
      height={286 + legendHeight(items, legendWidth)}
    >
      <XAxis scale={x} box={box} label="Probability of the class" />
      <YAxis scale={y} box={box} label="Rows" />
      {bars(positives, 0)}
      {bars(negatives, 1)}
      <Legend items={items} x={box.left} y={286} width={legendWidth} />
    </Svg>
  );
}

interface BalanceProps {
  readonly classes: readonly { readonly label: string; readonly rows: number }[];
}

const ROW_HEIGHT = 24;
const LABEL_WIDTH_MAX = 150;
/** More classes than this become one bar of the rest. */
const BARS_MAX = 20;

/** The classes with the most rows, in their order, and the rest as one. */
function bars(classes: BalanceProps['classes']): BalanceProps['classes'] {
  if (classes.length <= BARS_MAX) return classes;
  const frequent = [...classes].sort((a, b) => b.rows - a.rows).slice(0, BARS_MAX - 1);
  const rest = classes.filter((one) => !frequent.includes(one));
  return [
    ...classes.filter((one) => frequent.includes(one)),
    { label: `${rest.length} others`, rows: rest.reduce((sum, { rows }) => sum + rows, 0) },
  ];
}

export function ClassBalance({ classes: every }: BalanceProps) {
  const classes = bars(every);
  const all = classes.reduce((sum, { rows }) => sum + rows, 0);
  const left =
    12 + Math.min(LABEL_WIDTH_MAX, Math.max(30, ...classes.map(({ label }) => textWidth(label, FONT))));
  const x = scaleLinear([0, Math.max(1, ...classes.map(({ rows }) => rows))], [left + 8, WIDTH - 130]);
  return (
    <Svg
      title="Rows of each class, whole file"
      says="One bar for each class."
      width={WIDTH}
      height={classes.length * ROW_HEIGHT + 8}
    >
      {classes.map(({ label, rows }, i) => (
        <g key={i} transform={`translate(0,${i * ROW_HEIGHT})`}>
          <text x={left} y={16} text-anchor="end">
            {fitText(label, LABEL_WIDTH_MAX, FONT)}
            <title>{label}</title>
          </text>
          <rect
            x={left + 8}
            y={3}
            width={px(Math.max(1, x(rows) - left - 8))}
            height={18}
            fill={lineStyle(0).colour}
          />
          <text class="soft" x={px(x(rows) + 6)} y={16}>
            {`${shownNumber(rows)} (${shownPercent(rows / all)})`}
          </text>
        </g>
      ))}
    </Svg>
  );
}
