import { describe, expect, it } from 'vitest';
import { toDataset } from '../../src/data/dataset.ts';
import { TrainpostError } from '../../src/errors.ts';
import { BAD_FILES, type BadFile } from './badFiles.ts';
import { chunksOf, readChunks } from './tableText.ts';

function refusal(bytes: Uint8Array, chunkBytes: number): unknown {
  try {
    toDataset(readChunks(bytes, chunksOf(bytes.length, chunkBytes)), { ignore: [], missing: 'error' });
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    const { row, column } = error.details;
    return { kind: error.name, code: error.code, row, column };
  }
  return 'taken';
}

const codes = [...new Set(BAD_FILES.map(({ error }) => error.code))];
const withCode = (code: string) => BAD_FILES.filter(({ error }) => error.code === code);
const expected = ({ error }: BadFile) => ({ row: undefined, column: undefined, ...error });

describe('bad files', () => {
  it('are many', () => {
    expect(BAD_FILES.length).toBeGreaterThan(2_000);
    expect(new Set(BAD_FILES.map(({ name }) => name)).size).toBe(BAD_FILES.length);
  });

  it.each(codes)('give %s with the right class, row and column', (code) => {
    for (const file of withCode(code)) {
      expect(refusal(file.bytes, file.bytes.length), file.name).toEqual(expected(file));
    }
  });

  it.each(codes)('give %s at any cut', (code) => {
    for (const [index, file] of withCode(code).entries()) {
      if (file.bytes.length > 10_000) continue;
      expect(refusal(file.bytes, 1 + ((index * 7) % 40)), file.name).toEqual(expected(file));
    }
  });
});
