/** The first rows of a CSV that the service has written. */
export interface Preview {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The service puts its columns behind those of the file, so the delimiter stands before them. */
const DELIMITER = /([^\w"])"?prediction"?(?:\1|$)/;

/**
 * Reads the start of an answer to `POST /predict`. Its cells have quotes only if they need quotes, and its lines end in LF.
 * @param text may end within a row, which is left out
 */
export function previewOf(text: string, rowsMax: number): Preview {
  const [, delimiter = ','] = DELIMITER.exec(text.slice(0, text.indexOf('\n') + 1).trimEnd()) ?? [];
  const [names = [], ...rows] = parse(text, delimiter, rowsMax + 1);
  return { names, rows };
}

function parse(text: string, delimiter: string, rowsMax: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (rows.length < rowsMax) {
    const cell = cellAt(text, at, delimiter);
    if (cell === undefined) break;
    row.push(cell.value);
    at = cell.end + 1;
    if (text[cell.end] !== '\n') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** A cell and the place of the character behind it; undefined if the text ends first. */
function cellAt(
  text: string,
  start: number,
  delimiter: string,
): { readonly value: string; readonly end: number } | undefined {
  let end = start;
  if (text[start] === '"') {
    for (end = start + 1; end < text.length; end++) {
      if (text[end] !== '"') continue;
      if (text[end + 1] !== '"') break;
      end++;
    }
    end++;
    return end < text.length
      ? { value: text.slice(start + 1, end - 1).replaceAll('""', '"'), end }
      : undefined;
  }
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
  return end < text.length ? { value: text.slice(start, end), end } : undefined;
}
