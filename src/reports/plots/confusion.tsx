import { px, Svg } from './frame.tsx';
import { fitText, shownNumber, shownPercent, textWidth } from './text.ts';

interface ConfusionProps {
  readonly labels: readonly string[];
  /** Rows by true class (outside) and predicted class. */
  readonly matrix: readonly (readonly number[])[];
  readonly of: string;
}

const WIDTH = 480;
const FONT = 12;
const SMALL_FONT = 10;
const LABEL_WIDTH_MAX = 150;
/** In wide cells, a long label is cut instead. */
const SLANT_BELOW = 90;
const CELL_HEIGHT_MAX = 72;
const CELL_HEIGHT_MIN = 30;
/** From these shares of a row on, the cell's colour is nearer to the text than to the paper: on a light ground, and on a dark one. */
const INVERSE_FROM = 0.84;
const INVERSE_ON_DARK_FROM = 0.58;

/** More classes than this would be cells without numbers that can be read. The classes with the fewest rows become one. */
const CLASSES_MAX = 16;

type Folded = Pick<ConfusionProps, 'labels' | 'matrix'>;

/** Puts the classes with the fewest rows together behind the others. */
export function withoutRareClasses({ labels, matrix }: Folded, most = CLASSES_MAX): Folded {
  if (labels.length <= most) return { labels, matrix };
  const rows = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const kept = [...labels.keys()]
    .sort((a, b) => rows[b]! - rows[a]! || a - b)
    .slice(0, most - 1)
    .sort((a, b) => a - b);
  const groups = [...kept.map((code) => [code]), [...labels.keys()].filter((code) => !kept.includes(code))];
  const count = (trues: readonly number[], predictions: readonly number[]) =>
    trues.reduce((sum, i) => sum + predictions.reduce((inRow, j) => inRow + matrix[i]![j]!, 0), 0);
  return {
    labels: [...kept.map((code) => labels[code]!), `${labels.length - kept.length} others`],
    matrix: groups.map((trues) => groups.map((predictions) => count(trues, predictions))),
  };
}

export function ConfusionMatrix({ of, ...all }: ConfusionProps) {
  const { labels, matrix } = withoutRareClasses(all);
  const widest = Math.max(...labels.map((label) => textWidth(label, FONT)));
  const left = 38 + Math.min(LABEL_WIDTH_MAX, Math.max(24, widest));
  const cell = (WIDTH - left - 12) / labels.length;
  const height = Math.min(CELL_HEIGHT_MAX, Math.max(CELL_HEIGHT_MIN, cell));
  const isTight = cell < SLANT_BELOW && labels.some((label) => textWidth(label, FONT) > cell - 6);
  const bottom = height * labels.length;
  const slant = isTight ? Math.min(90, widest * 0.72 + 12) : 18;
  return (
    <Svg
      title={`Confusion matrix, ${of}`}
      says="Rows by their class, columns by the predicted class, with the share of the row."
      width={WIDTH}
      height={bottom + slant + 30}
    >
      {matrix.map((row, i) => {
        const all = row.reduce((sum, count) => sum + count, 0);
        return (
          <g key={i} transform={`translate(0,${px(i * height)})`} text-anchor="middle">
            <text x={px(left - 8)} y={px(height / 2 + 4)} text-anchor="end">
              {fitText(labels[i]!, LABEL_WIDTH_MAX, FONT)}
              <title>{labels[i]}</title>
            </text>
            <rect
              class="heat"
              x={px(left + 1)}
              y={1}
              width={px(WIDTH - left - 14)}
              height={px(height - 2)}
              fill-opacity={0.03}
            />
            {row.map((count, j) => (
              <Cell
                key={j}
                x={left + j * cell}
                width={cell}
                height={height}
                count={count}
                share={all === 0 ? 0 : count / all}
              />
            ))}
          </g>
        );
      })}
      {labels.map((label, j) => {
        const x = px(left + (j + 0.5) * cell);
        return (
          <text
            key={j}
            x={isTight ? x + 4 : x}
            y={bottom + 16}
            text-anchor={isTight ? 'end' : 'middle'}
            transform={isTight ? `rotate(-40 ${x + 4} ${bottom + 16})` : undefined}
          >
            {fitText(label, isTight ? 110 : cell - 6, FONT)}
            <title>{label}</title>
          </text>
        );
      })}
      <text x={(left + WIDTH) / 2} y={bottom + slant + 20} text-anchor="middle">
        Predicted class
      </text>
      <text x={14} y={bottom / 2} text-anchor="middle" transform={`rotate(-90 14 ${bottom / 2})`}>
        True class
      </text>
    </Svg>
  );
}

interface CellProps {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly share: number;
}

function Cell({ x, width, height, count, share }: CellProps) {
  const middle = px(x + width / 2);
  const colour =
    share >= INVERSE_FROM ? { class: 'inverse' } : share >= INVERSE_ON_DARK_FROM ? { class: 'middle' } : {};
  const number = shownNumber(count);
  const hasShare = height >= 44 && width >= 44;
  const font = textWidth(number, FONT) > width - 4 ? SMALL_FONT : FONT;
  return (
    <>
      {count > 0 && (
        <rect
          class="heat"
          x={px(x + 1)}
          y={1}
          width={px(width - 2)}
          height={px(height - 2)}
          fill-opacity={Math.round((0.05 + 0.95 * share) * 100) / 100}
        />
      )}
      <text
        x={middle}
        y={px(height / 2 + (hasShare ? -2 : 4))}
        font-size={font === FONT ? undefined : font}
        {...colour}
      >
        {fitText(number, width, font)}
        {!hasShare && count > 0 && <title>{`${number} (${shownPercent(share)})`}</title>}
      </text>
      {hasShare && (
        <text x={middle} y={px(height / 2 + 14)} font-size={11} {...colour}>
          {shownPercent(share)}
        </text>
      )}
    </>
  );
}
