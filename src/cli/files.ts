import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { CliError, type Io } from './io.ts';

/**
 * Opens a file that `fetch` reads while it sends it.
 * @param path the path, or `-` for the standard input
 * @throws CliError if there is no such file
 */
export async function openTable(path: string, { stdin }: Pick<Io, 'stdin'>): Promise<File> {
  if (path === '-') {
    const body = Readable.toWeb(stdin) as unknown as ReadableStream;
    return new File([await new Response(body).blob()], 'data.csv');
  }
  try {
    return new File([await openAsBlob(path)], basename(path), { type: 'text/csv' });
  } catch (error) {
    throw new CliError(`${path} cannot be read (${(error as Error).message}): check the path.`);
  }
}
