import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ReportColumn, ReportTable } from '../../reports/tables.ts';
import { DataTable, type Order } from './dataTable.tsx';
import { csvText, save } from './save.ts';

interface SortedTableProps<Row extends object> {
  readonly table: ReportTable<Row>;
  /** The name of the file that a person saves, without its ending. */
  readonly file: string;
  readonly isCaptionHidden?: boolean;
  /** The first cell of a row, if it is more than a text. */
  readonly first?: (row: Row, shown: string) => ComponentChildren;
}

/** More rows than this make a page slow. The CSV has all rows. */
const ROWS_MAX = 500;

/** A table of a report that can be sorted and saved. Without an order, the rows stand as in the report. */
export function SortedTable<Row extends object>(props: SortedTableProps<Row>) {
  const { table, file, first, isCaptionHidden = false } = props;
  const order = useSignal<Order | undefined>(undefined);
  const rows = sorted(table, order.value);
  const chosen = table.chosen === undefined ? undefined : table.rows[table.chosen];
  const left = rows.length - ROWS_MAX;
  return (
    <div>
      <DataTable
        caption={table.caption}
        isCaptionHidden={isCaptionHidden}
        columns={table.columns.map((column, i) => ({
          name: column.name,
          title: column.name,
          isNumber: column.isText !== true,
          isSortable: true,
          cell: (row: Row) => {
            const shown = column.shown(row);
            return i === 0 && first ? first(row, shown) : <bdi>{shown}</bdi>;
          },
        }))}
        rows={rows.slice(0, ROWS_MAX)}
        keyOf={(_, i) => i}
        order={order.value}
        onOrder={(next) => {
          order.value = next;
        }}
        rowClass={(row) => (row === chosen ? 'chosen' : '')}
      />
      <p class="row hint below">
        <button type="button" class="reset" onClick={() => saveCsv(file, table.rows)}>
          {`Save ${file}.csv`}
        </button>
        {left > 0 && <span>{left} more rows are in the CSV.</span>}
      </p>
    </div>
  );
}

function saveCsv(file: string, rows: readonly object[]): void {
  save(`${file}.csv`, new Blob([csvText(rows)], { type: 'text/csv' }));
}

/** Rows by a column: numbers before texts, and missing values at the end. */
function sorted<Row extends object>(
  { columns, rows }: Pick<ReportTable<Row>, 'columns' | 'rows'>,
  order: Order | undefined,
): readonly Row[] {
  const column = columns.find(({ name }) => name === order?.by);
  if (column === undefined) return rows;
  const sign = order?.isDescending ? -1 : 1;
  return [...rows].sort((a, b) => compare(column, a, b, sign));
}

function compare<Row>({ of }: ReportColumn<Row>, a: Row, b: Row, sign: number): number {
  const [one, other] = [of(a), of(b)];
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  if (typeof one !== typeof other) return typeof one === 'number' ? -1 : 1;
  return sign * String(one).localeCompare(String(other), undefined, { numeric: true });
}
