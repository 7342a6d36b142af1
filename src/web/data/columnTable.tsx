import { useSignal } from '@preact/signals';
import type { DryRunAnswer } from '../../client.ts';
import { seen, shownNumber } from '../../reports/plots/text.ts';
import { type Column, DataTable } from '../parts/dataTable.tsx';
import { form } from '../state/store.ts';
import { Histogram } from './histogram.tsx';

type ColumnRow = DryRunAnswer['columns'][number];

/** Rows of the table at first, and more with each click: a table of 1,000 columns would be slow to draw. */
const PAGE = 50;
/** With fewer columns, nobody needs a search. */
const SEARCH_MIN = 12;

const COLUMNS: readonly Column<ColumnRow>[] = [
  { name: 'name', title: 'Column', cell: (row) => <NameCell row={row} /> },
  { name: 'use', title: 'Use', cell: (row) => <UseCell row={row} /> },
  { name: 'type', title: 'Type', cell: ({ type }) => TYPES[type] },
  { name: 'values', title: 'Values', cell: (row) => <Histogram {...pictureOf(row)} /> },
  { name: 'min', title: 'Min', isNumber: true, cell: (row) => number(row, 'min') },
  { name: 'median', title: 'Median', isNumber: true, cell: (row) => number(row, 'p50') },
  { name: 'max', title: 'Max', isNumber: true, cell: (row) => number(row, 'max') },
  {
    name: 'missing',
    title: 'Missing',
    isNumber: true,
    cell: ({ missing }) =>
      missing === 0 ? <span class="soft">0</span> : <strong>{shownNumber(missing)}</strong>,
  },
  {
    name: 'distinct',
    title: 'Different',
    isNumber: true,
    cell: (row) => `${shownNumber(row.distinct)}${row.distinct_capped ? '+' : ''}`,
  },
  { name: 'alone', title: 'Alone', isNumber: true, cell: alone },
];

const TYPES = { long: 'whole', double: 'real', boolean: 'boolean', string: 'text' } as const;

/** Every column of the file: what it holds, and whether the training uses it. */
export function ColumnTable({ columns }: { readonly columns: readonly ColumnRow[] }) {
  const search = useSignal('');
  const shownMax = useSignal(PAGE);
  const word = search.value.trim().toLowerCase();
  const found = word === '' ? columns : columns.filter(({ name }) => name.toLowerCase().includes(word));
  const rows = found.slice(0, shownMax.value);
  return (
    <div class="stack">
      {columns.length >= SEARCH_MIN && (
        <label class="field search">
          <span class="label">Find a column</span>
          <input
            type="search"
            value={search.value}
            onInput={({ currentTarget }) => {
              search.value = currentTarget.value;
              shownMax.value = PAGE;
            }}
          />
        </label>
      )}
      <DataTable
        caption={`Columns: ${shownNumber(found.length)}`}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ name }) => name}
        rowClass={({ role }) => role}
      />
      {found.length > rows.length && (
        <p class="row">
          <button
            type="button"
            onClick={() => {
              shownMax.value += PAGE;
            }}
          >
            Show {Math.min(PAGE, found.length - rows.length)} more
          </button>
          <span class="soft">
            {shownNumber(rows.length)} of {shownNumber(found.length)}
          </span>
        </p>
      )}
      <p class="hint">
        Alone says how well a column separates the classes by itself: the ROC area of a number, or Cramér's V
        of a text.
      </p>
    </div>
  );
}

function NameCell({ row: { name, role } }: { readonly row: ColumnRow }) {
  return (
    <>
      <bdi>{seen(name)}</bdi> {role === 'target' && <span class="badge">target</span>}
    </>
  );
}

/** The target cannot be left out. */
function UseCell({ row: { name, role } }: { readonly row: ColumnRow }) {
  if (role === 'target') return null;
  const ignore = form('ignore');
  const isIgnored = ignore.value.includes(name);
  return (
    <input
      type="checkbox"
      aria-label={`Use ${name}`}
      checked={!isIgnored}
      onChange={() => {
        ignore.value = isIgnored ? ignore.value.filter((one) => one !== name) : [...ignore.value, name];
      }}
    />
  );
}

function pictureOf(row: ColumnRow): { readonly counts: readonly number[]; readonly says: string } {
  if (row.type === 'string') {
    const [first] = row.most_frequent;
    const says =
      first === undefined
        ? 'No values'
        : `Most frequent: ${seen(first.value)}, in ${shownNumber(first.rows)} rows`;
    return { counts: row.most_frequent.map(({ rows }) => rows), says };
  }
  const says = `From ${shownNumber(row.min)} to ${shownNumber(row.max)}, median ${shownNumber(row.p50)}`;
  return { counts: row.bins, says };
}

function number(row: ColumnRow, name: 'min' | 'p50' | 'max'): string {
  return row.type === 'string' ? '' : shownNumber(row[name]);
}

function alone(row: ColumnRow): string {
  const value = row.type === 'string' ? row.cramers_v : row.roc_auc;
  return value === undefined || value === null ? '' : value.toFixed(2);
}
