import { scaleLinear, scaleLog } from 'd3-scale';
import type { LossPoint } from '../../values/result.ts';
import { type AxisScale, type Box, px, Svg, XAxis, YAxis } from './frame.tsx';
import { lineStyle } from './palette.ts';

const WIDTH = 480;
const BOX: Box = { left: 72, right: WIDTH - 16, top: 8, bottom: 260 };

/** Ends of an axis, also if all values are equal. */
function around(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

export function Convergence({ losses }: { readonly losses: readonly LossPoint[] }) {
  const x = scaleLinear([0, Math.max(1, losses.at(-1)?.iteration ?? 0)], [BOX.left, BOX.right]);
  const y = scaleLinear(around(losses.map(({ loss }) => loss)), [BOX.bottom, BOX.top]);
  const { colour } = lineStyle(0);
  return (
    <Svg title="Loss by iteration" says="The loss that the solver minimises." width={WIDTH} height={306}>
      <XAxis scale={x} box={BOX} label="Iteration" />
      <YAxis scale={y} box={BOX} label="Loss" />
      <path
        d={losses
          .map(({ iteration, loss }, i) => `${i === 0 ? 'M' : 'L'}${px(x(iteration))},${px(y(loss))}`)
          .join('')}
        fill="none"
        stroke={colour}
        stroke-width={2}
      />
      {losses.length <= 60 &&
        losses.map(({ iteration, loss }) => (
          <circle key={iteration} cx={px(x(iteration))} cy={px(y(loss))} r={3} fill={colour} />
        ))}
    </Svg>
  );
}

export interface SweepPoint {
  readonly x: number;
  readonly value: number;
  /** Standard deviation over the folds. */
  readonly std?: number;
  readonly isChosen: boolean;
}

interface SweepProps {
  readonly points: readonly SweepPoint[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLog: boolean;
}

/** What candidates are chosen by, with one standard deviation of the folds on each side. */
export function SweepPlot({ points, xLabel, yLabel, isLog }: SweepProps) {
  const xs = points.map(({ x }) => x);
  const low = Math.min(...xs);
  const high = Math.max(...xs);
  const range: [number, number] = [BOX.left + 12, BOX.right - 12];
  const x: AxisScale = isLog ? scaleLog([low, high], range) : scaleLinear([low, high], range);
  const ends = points.flatMap(({ value, std = 0 }) => [value - std, value + std]);
  const y = scaleLinear(around(ends), [BOX.bottom, BOX.top]);
  const sorted = [...points].sort((a, b) => a.x - b.x);
  const { colour } = lineStyle(0);
  return (
    <Svg
      title="Candidates of the sweep"
      says="The chosen candidate is a filled circle."
      width={WIDTH}
      height={306}
    >
      <XAxis
        scale={x}
        box={BOX}
        label={xLabel}
        {...(isLog && { ticks: xs.length <= 12 ? xs : x.ticks(5) })}
      />
      <YAxis scale={y} box={BOX} label={yLabel} />
      {sorted.map(({ x: at, value, std, isChosen }, i) => (
        <g key={i} stroke={colour} stroke-width={2}>
          {std !== undefined && (
            <line x1={px(x(at))} x2={px(x(at))} y1={px(y(value - std))} y2={px(y(value + std))} />
          )}
          <circle
            cx={px(x(at))}
            cy={px(y(value))}
            r={5}
            fill={isChosen ? colour : undefined}
            class={isChosen ? undefined : 'paper'}
          />
        </g>
      ))}
    </Svg>
  );
}
