import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Engine, FileSource, Source } from '../engine/engine.ts';
import type { Watch } from '../engine/watch.ts';

/** A source whose files an engine reads from disk. */
export interface TakenSource extends Source {
  /** Lets go of the tables. The files stay. May be called again. */
  release(): Promise<void>;
}

/** Takes in files that lie on disk. @throws CancelledError once the watch is cancelled; BusyError as `Engine.receive` */
export async function takeIn(
  engine: Pick<Engine, 'receive'>,
  { path, test }: { readonly path: string; readonly test?: { readonly path: string } },
  watch: Watch,
): Promise<TakenSource> {
  const taken: FileSource[] = [];
  const release = async () => {
    await Promise.all(taken.map(({ intake }) => intake.release()));
  };
  const take = async (file: string): Promise<FileSource> => {
    const source = { path: file, intake: engine.receive() };
    taken.push(source);
    for await (const bytes of createReadStream(file)) {
      await source.intake.write(bytes as Uint8Array);
      watch.advance((bytes as Uint8Array).length);
    }
    source.intake.end();
    return source;
  };
  try {
    const paths = test === undefined ? [path] : [path, test.path];
    const sizes = await Promise.all(paths.map(async (file) => (await stat(file)).size));
    watch.enter(
      'reading',
      sizes.reduce((sum, size) => sum + size),
    );
    return { ...(await take(path)), ...(test && { test: await take(test.path) }), release };
  } catch (error) {
    await release();
    throw error;
  }
}
