import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect } from './connection.ts';
import { openTable } from './files.ts';
import { EXIT, type Io, type ServiceOptions } from './io.ts';
import { progressOn } from './progress.ts';
import { writeLines } from './text.ts';

export interface PredictCommandOptions extends ServiceOptions {
  readonly model?: string;
  readonly output?: string;
  readonly explain?: true;
  readonly onError?: 'fail' | 'null';
}

/**
 * Adds predictions to a CSV.
 * @returns the exit code
 * @throws ProblemError, CliError; an error of the stream if a later row cannot be predicted
 */
export async function predict(path: string, options: PredictCommandOptions, io: Io): Promise<number> {
  const file = await openTable(path, io);
  const progress = progressOn(io.stderr);
  const connection = await connect({ ...options, say: progress.say }, io);
  try {
    const response = await connection.client.predict(file, {
      signal: io.interrupted,
      ...(options.model !== undefined && { model: options.model }),
      ...(options.explain && { explain: true }),
      ...(options.onError && { onError: options.onError }),
    });
    const rows = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    if (options.output === undefined) await pipeline(rows, io.stdout, { end: false, signal: io.interrupted });
    else {
      await writeWhole(rows, options.output, io.interrupted);
      writeLines(io.stderr, `The predictions are in ${options.output}.`);
    }
    return EXIT.done;
  } finally {
    await connection.close();
  }
}

/** Writes a file that appears under its name once it is whole. */
async function writeWhole(rows: Readable, path: string, signal: AbortSignal): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(rows, createWriteStream(part), { signal });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
