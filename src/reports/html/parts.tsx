import type { ComponentChildren } from 'preact';
import type { NamedPlot } from '../plots/all.tsx';
import type { ReportTable } from '../tables.ts';

export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Plots({ plots }: { readonly plots: readonly NamedPlot[] }) {
  return (
    <div class="plots">
      {plots.map(({ name, plot }) => (
        <div key={name}>{plot}</div>
      ))}
    </div>
  );
}

/** Content that is wider than the window: the reader can move it by keys, too. */
export function Wide({ children }: { readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: only an element with the focus moves by keys.
    <div class="wide" tabIndex={0}>
      {children}
    </div>
  );
}

interface TableProps {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Columns of text, which begin at the left. The first column always does. */
  readonly text?: readonly number[];
  /** A row that stands out. */
  readonly chosen?: number;
}

/** Rows of a table that are shown; the rest is counted. report.json has all rows. */
const ROWS_MAX = 100;

/** Longer texts are broken into lines. */
const LINE_CHARS = 24;

function cellClass(cell: ComponentChildren, own: string | undefined): string | undefined {
  const isLong = typeof cell === 'string' && cell.length > LINE_CHARS;
  return [own, isLong && 'long'].filter(Boolean).join(' ') || undefined;
}

export function Table({ head, rows, text = [], chosen }: TableProps) {
  const classOf = (column: number) => (text.includes(column) ? 'text' : undefined);
  const left = rows.length - ROWS_MAX;
  return (
    <Wide>
      <table>
        <thead>
          <tr>
            {head.map((name, i) => (
              <th key={name} scope="col" class={classOf(i)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map((cells, i) => (
            <tr key={i} class={i === chosen ? 'chosen' : undefined}>
              {cells.map((cell, j) => (
                <td key={j} class={cellClass(cell, classOf(j))} dir={j === 0 ? 'auto' : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p class="soft">{left} more rows are in report.json.</p>}
    </Wide>
  );
}

export function DataTable({ of: { columns, rows, chosen } }: { readonly of: ReportTable }) {
  return (
    <Table
      head={columns.map(({ name }) => name)}
      rows={rows.map((row) => columns.map((column) => column.shown(row)))}
      text={columns.flatMap(({ isText }, i) => (isText && i > 0 ? [i] : []))}
      {...(chosen !== undefined && { chosen })}
    />
  );
}
