import type { Matrix } from '../matrix.ts';
import { CHUNK_ROWS } from './kernels.ts';
import type { RowChunks } from './types.ts';

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
