import { type ReadOptions, TableReading } from '../../src/data/readTable.ts';
import { readCodes, readNumbers, segmentsOf } from '../../src/data/segments.ts';
import type { Table } from '../../src/data/table.ts';
import { TrainpostError } from '../../src/errors.ts';
import { sharedMemory } from '../../src/kernels/module.ts';

/** One memory for all tables of a test file: each is read over the one before it. */
const MEMORY = sharedMemory();

/** All names of a table's text, so that each of its columns is read as text. */
export const ALL_NAMES: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** Reads a file that comes in these chunks, the last of which takes what is left. */
export function readChunks(bytes: Uint8Array, chunkBytes: readonly number[], options?: ReadOptions): Table {
  const reading = new TableReading({ memory: MEMORY, ...options });
  let from = 0;
  for (const size of chunkBytes) {
    // What a chunk's memory is used for afterwards must not matter.
    const chunk = Uint8Array.from(bytes.subarray(from, from + size));
    reading.push(chunk);
    chunk.fill(0x31);
    from += size;
  }
  if (from < bytes.length) reading.push(bytes.subarray(from));
  return reading.end();
}

/** Chunks of one size that give so many bytes. */
export function chunksOf(bytes: number, size: number): number[] {
  return Array.from({ length: Math.ceil(bytes / size) }, () => size);
}

/** A table whose columns were read as text by its rows, the header first; a missing cell is empty. */
export function textRowsOf(table: Table): string[][] {
  const cells = table.columns.map((column, index) => {
    if (column.kind !== 'text') throw new Error('a column was not read as text');
    return [...readCodes(table, index)].map((code) => column.texts[code] ?? '');
  });
  const rows = Array.from({ length: table.rows }, (_, row) => cells.map((column) => column[row] as string));
  return [table.columns.map(({ name }) => name), ...rows];
}

/** Everything that is in a table, as plain data. */
export function contentOf(table: Table) {
  const cells = table.columns.map((column, index) =>
    column.kind === 'text' ? [...readCodes(table, index)] : [...readNumbers(table, index)],
  );
  return { ...outlineOf(table), cells };
}

/** The same, its cells in arrays that are compared quickly: those of text as places. */
export function quickContentOf(table: Table) {
  return { ...outlineOf(table), cells: table.columns.map((_, index) => readNumbers(table, index)) };
}

function outlineOf(table: Table) {
  const { rows, blockRows, columns, format, digest } = table;
  const packed = columns.map((_, index) =>
    [...segmentsOf(table, index)].map(({ cells: { BYTES_PER_ELEMENT }, decimals }) => [
      BYTES_PER_ELEMENT,
      decimals,
    ]),
  );
  return { rows, blockRows, columns, format, digest, packed };
}

/** What a reading gives: the table's content, or how it is refused. */
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
