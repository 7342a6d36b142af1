import type { ComponentChildren } from 'preact';
import { fitText, shownNumber, textWidth } from './text.ts';

export const FONT = 12;
const TITLE_FONT = 14;
const TITLE_HEIGHT = 28;

/** A scale of d3, as far as axes need it. */
export interface AxisScale {
  (value: number): number;
  ticks(count?: number): number[];
}

export interface SvgProps {
  readonly title: string;
  /** One sentence for people who cannot see the plot. */
  readonly says: string;
  readonly width: number;
  /** Without the title. */
  readonly height: number;
  readonly children?: ComponentChildren;
}

/** A plot with its title. It is as wide as its place allows, and keeps its shape. */
export function Svg({ title, says, width, height, children }: SvgProps) {
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      class="plot"
      viewBox={`0 0 ${width} ${height + TITLE_HEIGHT}`}
      width={width}
      height={height + TITLE_HEIGHT}
      role="img"
      aria-label={`${title}. ${says}`}
    >
      <rect class="paper" width={width} height={height + TITLE_HEIGHT} />
      <text class="title" x={8} y={18}>
        {fitText(title, width - 16, TITLE_FONT)}
      </text>
      <g transform={`translate(0,${TITLE_HEIGHT})`}>{children}</g>
    </svg>
  );
}

/** Where the rows and columns of a plot lie, in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface AxisProps {
  readonly scale: AxisScale;
  readonly box: Box;
  readonly label: string;
  readonly count?: number;
  /** Ticks instead of those of the scale. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
  /** The label's place, if it is not as wide as the axis. */
  readonly labelBox?: Pick<Box, 'left' | 'right'>;
}

const TICK_GAP = 10;

/** Leaves out ticks whose texts would touch. */
function spaced(ticks: readonly number[], scale: AxisScale, format: (value: number) => string): number[] {
  let end = Number.NEGATIVE_INFINITY;
  return [...ticks]
    .sort((a, b) => scale(a) - scale(b))
    .filter((tick) => {
      const half = textWidth(format(tick), FONT) / 2;
      if (scale(tick) - half < end + TICK_GAP) return false;
      end = scale(tick) + half;
      return true;
    });
}

export function XAxis({
  scale,
  box,
  label,
  count = 5,
  ticks,
  format = shownNumber,
  labelBox = box,
}: AxisProps) {
  const shown = spaced(ticks ?? scale.ticks(count), scale, format);
  return (
    <g>
      {shown.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={px(scale(tick))} x2={px(scale(tick))} y1={box.top} y2={box.bottom} />
          <text class="soft" x={px(scale(tick))} y={box.bottom + 16} text-anchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      <line class="axis" x1={box.left} x2={box.right} y1={box.bottom} y2={box.bottom} />
      <text x={(labelBox.left + labelBox.right) / 2} y={box.bottom + 36} text-anchor="middle">
        {fitText(label, labelBox.right - labelBox.left, FONT)}
      </text>
    </g>
  );
}

export function YAxis({ scale, box, label, count = 5, ticks, format = shownNumber }: AxisProps) {
  const middle = (box.top + box.bottom) / 2;
  return (
    <g>
      {(ticks ?? scale.ticks(count)).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={box.left} x2={box.right} y1={px(scale(tick))} y2={px(scale(tick))} />
          <text class="soft" x={box.left - 6} y={px(scale(tick) + 4)} text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <line class="axis" x1={box.left} x2={box.left} y1={box.top} y2={box.bottom} />
      <text x={14} y={middle} text-anchor="middle" transform={`rotate(-90 14 ${middle})`}>
        {fitText(label, box.bottom - box.top, FONT)}
      </text>
    </g>
  );
}

export const px = (value: number) => Math.round(value * 10) / 10;
