import type { Matrix } from '../matrix.ts';
import { CHUNK_ROWS } from './kernels.ts';

/** Some rows of features: row r of column j is `columns[j][at + r]`. It stands until the next chunk is read. */
interface RowChunk {
  readonly columns: readonly Float64Array[];
  readonly at: number;
  /** At least one, at most `CHUNK_ROWS`. */
  readonly rows: number;
}

/** Rows of features that are read a chunk at a time, so that they need not lie in memory as doubles. */
export interface RowChunks {
  readonly nSamples: number;
  readonly nFeatures: number;
  /** The chunk that begins with row `start`: 0, or the row behind another chunk. */
  read(start: number): RowChunk;
}

/** A matrix's own arrays, a chunk at a time. */
export function denseChunks({ nSamples, nFeatures, columns }: Matrix): RowChunks {
  const chunk = { columns, at: 0, rows: 0 };
  return {
    nSamples,
    nFeatures,
    read(start) {
      chunk.at = start;
      chunk.rows = Math.min(CHUNK_ROWS, nSamples - start);
      return chunk;
    },
  };
}
