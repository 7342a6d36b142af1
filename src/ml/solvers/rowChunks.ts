import type { Matrix } from '../matrix.ts';
import { CHUNK_ROWS } from './kernels.ts';
import type { RowChunks } from './types.ts';

/** Reads a matrix chunk by chunk, without copying its arrays. */
export function denseChunks({ nSamples, nFeatures, columns }: Matrix): RowChunks {
  const chunk = { columns, at: 0, rows: 0 };
  return {
    nSamples,
    nFeatures,
    read(start, rowsMax = CHUNK_ROWS) {
      chunk.at = start;
      chunk.rows = Math.min(CHUNK_ROWS, nSamples - start, rowsMax);
      return chunk;
    },
  };
}
