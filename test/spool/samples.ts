import { createHash, randomUUID } from 'node:crypto';
import type { SpoolOptions } from '../../src/spool/spool.ts';
import type { NewRecord } from '../../src/tracking/delivery/recordStore.ts';

const HOUR_MS = 3_600_000;

export function optionsFor(dir: string, others: Partial<SpoolOptions> = {}): SpoolOptions {
  return {
    dir,
    recordsMax: 100,
    bytesMax: 10_000_000,
    diskFreeMin: 0,
    keptMs: 24 * HOUR_MS,
    deadKeptMs: 720 * HOUR_MS,
    ...others,
  };
}

/** A record with a document and two files. The bytes of the second file are not text. */
export function newRecord(name: string, others: Partial<NewRecord> = {}): NewRecord {
  return {
    id: randomUUID(),
    document: { name, text: 'ä\n"' },
    files: [
      { path: 'model/MLmodel', bytes: Buffer.from(`model of ${name}\n`) },
      {
        path: 'model/model.onnx',
        bytes: Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256)),
      },
    ],
    ...others,
  };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
