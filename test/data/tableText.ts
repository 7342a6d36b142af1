import { type ReadOptions, TableReading } from '../../src/data/readTable.ts';
import { readCodes, readNumbers, segmentsOf } from '../../src/data/segments.ts';
import type { Table } from '../../src/data/table.ts';
import { TrainpostError } from '../../src/errors.ts';
import { sharedMemory } from '../../src/kernels/module.ts';

/** One memory for all tables of a test file. Each table overwrites the one before it. */
const MEMORY = sharedMemory();

/** All names in a table's text, so that each of its columns is read as text. */
export const ALL_NAMES: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** Reads a file in chunks of these sizes. The last chunk has the rest. */
export function readChunks(bytes: Uint8Array, chunkBytes: readonly number[], options?: ReadOptions): Table {
  const reading = new TableReading({ memory: MEMORY, ...options });
  let from = 0;
  for (const size of chunkBytes) {
    // Overwrites the chunk, because its memory may be reused after the call.
    const chunk = Uint8Array.from(bytes.subarray(from, from + size));
    reading.push(chunk);
    chunk.fill(0x31);
    from += size;
  }
  if (from < bytes.length) reading.push(bytes.subarray(from));
  return reading.end();
}

/** Chunks of one size for this number of bytes. */
export function chunksOf(bytes: number, size: number): number[] {
  return Array.from({ length: Math.ceil(bytes / size) }, () => size);
}

/** The rows of a table whose columns were read as text, header first. A missing cell is empty. */
export function textRowsOf(table: Table): string[][] {
  const cells = table.columns.map((column, index) => {
    if (column.kind !== 'text') throw new Error('a column was not read as text');
    return [...readCodes(table, index)].map((code) => column.texts[code] ?? '');
  });
  const rows = Array.from({ length: table.rows }, (_, row) => cells.map((column) => column[row] as string));
  return [table.columns.map(({ name }) => name), ...rows];
}

/** The whole content of a table, as plain data. */
export function contentOf(table: Table) {
  const cells = table.columns.map((column, index) =>
    column.kind === 'text' ? [...readCodes(table, index)] : [...readNumbers(table, index)],
  );
  return { ...outlineOf(table), cells };
}

/** The same content with the cells in arrays, which are compared quickly. Texts are indices. */
export function quickContentOf(table: Table) {
  return { ...outlineOf(table), cells: table.columns.map((_, index) => readNumbers(table, index)) };
}

function outlineOf(table: Table) {
  const { rows, blockRows, columns, format, digest, lines, header } = table;
  const packed = columns.map((_, index) =>
    [...segmentsOf(table, index)].map(({ cells: { BYTES_PER_ELEMENT }, decimals }) => [
      BYTES_PER_ELEMENT,
      decimals,
    ]),
  );
  return { rows, blockRows, columns, format, digest, lines, header, packed };
}

/** The result of a reading: the table's content, or its error. */
export function outcomeOf<Content = ReturnType<typeof contentOf>>(
  read: () => Table,
  content: (table: Table) => Content = contentOf as never,
) {
  try {
    return content(read());
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    const { row, column } = error.details;
    return { kind: error.name, code: error.code, row, column };
  }
}
