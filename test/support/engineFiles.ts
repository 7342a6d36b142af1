import { createReadStream } from 'node:fs';
import type { LocalEngine } from '../../src/engine/local/localEngine.ts';
import type { Reading } from '../../src/engine/local/reading/reading.ts';
import { Watch } from '../../src/engine/watch.ts';
import type { Plan } from '../../src/values/plan.ts';
import type { Result } from '../../src/values/result.ts';

/** Reads a file as an upload is read. The caller must `release` the reading. */
export async function readFile(engine: LocalEngine, path: string): Promise<Reading> {
  const reading = engine.receive();
  try {
    for await (const chunk of createReadStream(path)) await reading.write(chunk as Buffer);
    reading.end();
    await reading.table().catch(() => undefined);
    return reading;
  } catch (error) {
    await reading.release();
    throw error;
  }
}

/** Trains on a file as an upload is trained on. */
export async function fitFile(engine: LocalEngine, path: string, plan: Plan): Promise<Result> {
  const reading = await readFile(engine, path);
  try {
    return await engine.run({ intake: reading, path: path }, plan, new Watch());
  } finally {
    await reading.release();
  }
}
