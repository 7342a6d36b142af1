import { scaleLinear } from 'd3-scale';
import { type CurveFactory, curveLinear, line } from 'd3-shape';
import { type Box, px, Svg, XAxis, YAxis } from './frame.tsx';
import { Legend, type LegendItem, legendHeight } from './legend.tsx';
import { lineStyle } from './palette.ts';

/** A curve of plain numbers. */
export interface Series {
  readonly name: string;
  /** A number behind the name in the legend. */
  readonly value?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface LinesProps {
  readonly title: string;
  readonly says: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  readonly curve?: CurveFactory;
  readonly hasPoints?: boolean;
  /** A line without a class: what chance comes to. */
  readonly reference?: Pick<Series, 'x' | 'y'>;
  readonly width?: number;
}

const WIDTH = 480;
const PLOT_HEIGHT = 300;
const BELOW_AXIS = 46;
const UNIT = [0, 1] as const;

/** Curves in the unit square. */
export function UnitLines(props: LinesProps) {
  const {
    title,
    says,
    xLabel,
    yLabel,
    series,
    curve = curveLinear,
    hasPoints,
    reference,
    width = WIDTH,
  } = props;
  const box: Box = { left: 56, right: width - 16, top: 8, bottom: PLOT_HEIGHT };
  const x = scaleLinear(UNIT, [box.left, box.right]);
  const y = scaleLinear(UNIT, [box.bottom, box.top]);
  const draw = line<number>(
    (value) => value,
    (_, i) => i,
  ).digits(1);
  const path = (one: Pick<Series, 'x' | 'y'>) =>
    draw
      .x((_, i) => x(one.x[i]!))
      .y((_, i) => y(one.y[i]!))
      .curve(curve)(one.x as number[]) ?? '';
  const items: LegendItem[] =
    series.length === 1 && series[0]!.name === ''
      ? []
      : series.map(({ name, value }, i) => ({
          name,
          ...(value !== undefined && { value }),
          style: lineStyle(i),
        }));
  const legendWidth = box.right - box.left;
  return (
    <Svg
      title={title}
      says={says}
      width={width}
      height={PLOT_HEIGHT + BELOW_AXIS + legendHeight(items, legendWidth)}
    >
      <XAxis scale={x} box={box} label={xLabel} />
      <YAxis scale={y} box={box} label={yLabel} />
      {reference && (
        <path
          class="chance"
          d={reference.x
            .map((at, i) => `${i === 0 ? 'M' : 'L'}${px(x(at))},${px(y(reference.y[i]!))}`)
            .join('')}
        />
      )}
      {series.map((one, i) => (
        <g key={i}>
          <path
            d={path(one)}
            fill="none"
            stroke={lineStyle(i).colour}
            stroke-width={2}
            stroke-dasharray={lineStyle(i).dashes || undefined}
            stroke-linejoin="round"
          />
          {hasPoints &&
            one.x.map((at, j) => (
              <circle key={j} cx={px(x(at))} cy={px(y(one.y[j]!))} r={3.5} fill={lineStyle(i).colour} />
            ))}
        </g>
      ))}
      <Legend items={items} x={box.left} y={PLOT_HEIGHT + BELOW_AXIS} width={legendWidth} />
    </Svg>
  );
}
