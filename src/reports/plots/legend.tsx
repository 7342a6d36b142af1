import { FONT, px } from './frame.tsx';
import type { LineStyle } from './palette.ts';
import { fitText, textWidth } from './text.ts';

export interface LegendItem {
  readonly name: string;
  /** A number behind the name, which is never cut. */
  readonly value?: string;
  readonly style: LineStyle;
  /** A filled square instead of a line. */
  readonly isArea?: boolean;
}

const ROW_HEIGHT = 18;
const SAMPLE = 26;
const GAP = 16;
const NAME_WIDTH_MAX = 220;
/** More items than this stand in columns of equal width. */
const IN_COLUMNS_FROM = 3;

interface Placed extends LegendItem {
  readonly text: string;
  readonly x: number;
  readonly row: number;
}

function place(items: readonly LegendItem[], width: number): Placed[] {
  const texts = items.map(({ name, value }) => {
    const behind = value === undefined ? '' : ` ${value}`;
    const room = Math.min(NAME_WIDTH_MAX, width - SAMPLE - textWidth(behind, FONT) - 8);
    return `\u2068${fitText(name, room, FONT)}\u2069${behind}`;
  });
  const widths = texts.map((text) => SAMPLE + textWidth(text, FONT) + GAP);
  const widest = Math.max(...widths);
  let x = 0;
  let row = 0;
  return items.map((item, i) => {
    const text = texts[i]!;
    const itemWidth = items.length > IN_COLUMNS_FROM ? widest : widths[i]!;
    if (x > 0 && x + itemWidth > width) {
      x = 0;
      row++;
    }
    const placed = { ...item, text, x, row };
    x += itemWidth;
    return placed;
  });
}

export function legendHeight(items: readonly LegendItem[], width: number): number {
  if (items.length === 0) return 0;
  return (place(items, width).at(-1)!.row + 1) * ROW_HEIGHT + 4;
}

export function Legend({
  items,
  x,
  y,
  width,
}: {
  readonly items: readonly LegendItem[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
}) {
  return (
    <g transform={`translate(${x},${y})`}>
      {place(items, width).map(({ text, name, style, isArea, x: left, row }, i) => (
        <g key={i} transform={`translate(${px(left)},${row * ROW_HEIGHT})`}>
          {isArea ? (
            <rect x={4} y={3} width={12} height={12} fill={style.colour} />
          ) : (
            <line
              x1={0}
              x2={20}
              y1={9}
              y2={9}
              stroke={style.colour}
              stroke-width={2}
              stroke-dasharray={style.dashes || undefined}
            />
          )}
          <text x={SAMPLE} y={13}>
            {text}
            <title>{name}</title>
          </text>
        </g>
      ))}
    </g>
  );
}
