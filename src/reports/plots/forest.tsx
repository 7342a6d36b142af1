import { scaleLinear } from 'd3-scale';
import { type Box, FONT, px, Svg, XAxis } from './frame.tsx';
import { lineStyle } from './palette.ts';
import { fitText, shownNumber, textWidth } from './text.ts';

export interface ForestRow {
  readonly term: string;
  readonly value: number;
  /** Ends of an interval. */
  readonly low?: number;
  readonly high?: number;
}

interface ForestProps {
  readonly title: string;
  readonly says: string;
  readonly xLabel: string;
  readonly rows: readonly ForestRow[];
  /** Rows that are drawn: the largest, if there are more. */
  readonly most?: number;
}

const WIDTH = 480;
const ROW_HEIGHT = 20;
const LABEL_WIDTH_MAX = 190;
const VALUE_WIDTH = 62;
const ROWS_MAX = 60;

/** Values by name, with intervals if there are any: the largest first. */
export function Forest({ title, says, xLabel, rows, most = ROWS_MAX }: ForestProps) {
  const shown = [...rows].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, most);
  const left =
    12 + Math.min(LABEL_WIDTH_MAX, Math.max(40, ...shown.map(({ term }) => textWidth(term, FONT))));
  const bottom = Math.max(1, shown.length) * ROW_HEIGHT + 4;
  const box: Box = { left: left + 8, right: WIDTH - VALUE_WIDTH - 12, top: 0, bottom };
  const ends = shown.flatMap(({ value, low = value, high = value }) => [low, high]);
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0, ...ends)], [box.left + 6, box.right - 6]).nice(4);
  const { colour } = lineStyle(0);
  const left0 = rows.length - shown.length;
  return (
    <Svg title={title} says={says} width={WIDTH} height={bottom + 46 + (left0 > 0 ? 18 : 0)}>
      <XAxis scale={x} box={box} label={xLabel} count={4} labelBox={{ left: 8, right: WIDTH - 8 }} />
      <line class="axis" x1={px(x(0))} x2={px(x(0))} y1={0} y2={bottom} />
      {shown.map(({ term, value, low, high }, i) => {
        const y = i * ROW_HEIGHT + ROW_HEIGHT / 2 + 2;
        return (
          <g key={i}>
            <text x={left} y={y + 4} text-anchor="end">
              {fitText(term, LABEL_WIDTH_MAX, FONT)}
              <title>{term}</title>
            </text>
            {low === undefined || high === undefined ? (
              <rect
                x={px(Math.min(x(0), x(value)))}
                y={y - 6}
                width={px(Math.max(1, Math.abs(x(value) - x(0))))}
                height={12}
                fill={colour}
              />
            ) : (
              <line x1={px(x(low))} x2={px(x(high))} y1={y} y2={y} stroke={colour} stroke-width={2} />
            )}
            {low !== undefined && <circle cx={px(x(value))} cy={y} r={4} fill={colour} />}
            <text class="soft" x={WIDTH - 8} y={y + 4} text-anchor="end">
              {shownNumber(value)}
            </text>
          </g>
        );
      })}
      {left0 > 0 && (
        <text class="soft" x={8} y={bottom + 56}>
          {`${left0} smaller values are not drawn.`}
        </text>
      )}
    </Svg>
  );
}
