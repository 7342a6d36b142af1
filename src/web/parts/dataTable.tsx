import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly name: string;
  readonly title: ComponentChildren;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right, one below the other. */
  readonly isNumber?: boolean;
  readonly isSortable?: boolean;
}

export interface Order {
  readonly by: string;
  readonly isDescending: boolean;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly isCaptionHidden?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string | number;
  readonly order?: Order | undefined;
  readonly onOrder?: (order: Order) => void;
  /** The address of the same table as CSV. */
  readonly csv?: string;
  readonly rowClass?: (row: Row) => string;
}

/** A table that scrolls inside its own box in a narrow window. Its first cell is the head of its row. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, isCaptionHidden = false, columns, rows, keyOf, csv, rowClass } = props;
  return (
    <figure class="table">
      {/* A box that scrolls must be reachable by keyboard. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll the box. */}
      <section class="scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption class={isCaptionHidden ? 'hidden' : ''}>{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head key={column.name} column={column} {...props} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={keyOf(row, index)} class={rowClass?.(row)}>
                {columns.map(({ name, cell, isNumber }, at) =>
                  at === 0 ? (
                    <th key={name} scope="row" class={isNumber ? 'number' : ''}>
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={name} class={isNumber ? 'number' : ''}>
                      {cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {csv !== undefined && (
        <figcaption>
          <a href={csv}>This table as CSV</a>
        </figcaption>
      )}
    </figure>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly order?: Order | undefined;
  readonly onOrder?: (order: Order) => void;
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const { name, title, isNumber = false, isSortable = false } = column;
  const isOrder = order?.by === name;
  const sort = isOrder ? (order.isDescending ? 'descending' : 'ascending') : 'none';
  const className = isNumber ? 'number' : '';
  if (!isSortable || onOrder === undefined)
    return (
      <th scope="col" class={className}>
        {title}
      </th>
    );
  const next = { by: name, isDescending: isOrder ? !order.isDescending : isNumber };
  return (
    <th scope="col" class={className} aria-sort={sort}>
      <button type="button" class={`sort ${sort}`} onClick={() => onOrder(next)}>
        {title}
      </button>
    </th>
  );
}
