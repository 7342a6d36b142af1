/** Hands a file to the person's downloads. */
export function save(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

type Row = Readonly<Record<string, unknown>>;

/** A spreadsheet would take a text that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** Rows as CSV, as `report=full` writes them: a column for each key, and nested keys with a dot. */
export function csvText(rows: readonly object[]): string {
  const flat = rows.map((row) => flattened(row as Row));
  const names = [...new Set(flat.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...flat.map((row) => names.map((name) => row[name]))];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function flattened(row: Row, prefix = ''): Row {
  return Object.assign(
    {},
    ...Object.entries(row).map(([name, value]) =>
      value !== null && typeof value === 'object'
        ? flattened(value as Row, `${prefix}${name}.`)
        : { [prefix + name]: value },
    ),
  ) as Row;
}

function csvCell(value: unknown): string {
  const text = String(value ?? '');
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
