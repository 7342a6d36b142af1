const WIDTH = 120;
const HEIGHT = 28;
/** So that a bin with one row among thousands is seen. */
const BAR_MIN = 1.5;

/** The shape of a column in a small picture: one bar for each count. */
export function Histogram({ counts, says }: { readonly counts: readonly number[]; readonly says: string }) {
  const most = Math.max(1, ...counts);
  const step = WIDTH / Math.max(counts.length, 1);
  return (
    <svg
      class="histogram"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={says}
    >
      {counts.map((count, k) => {
        const height = count === 0 ? 0 : Math.max(BAR_MIN, (count / most) * (HEIGHT - 1));
        return (
          <rect
            key={k}
            x={round(k * step + 0.5)}
            y={round(HEIGHT - height)}
            width={round(Math.max(0.5, Math.min(step, 24) - 1))}
            height={round(height)}
          />
        );
      })}
    </svg>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
