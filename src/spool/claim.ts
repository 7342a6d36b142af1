import { join } from 'node:path';
import { ConfigError, UnavailableError } from '../errors.ts';
import { FileLock, type Heartbeat, LockHeldError } from '../system/fileLock.mjs';
import type { SpoolFiles } from './files.ts';
import type { Layout } from './layout.ts';

/** The right of one process to a spool's folder. It is a file lock, which the spool checks before each write. */
export class Claim {
  readonly #lock: FileLock;

  private constructor(lock: FileLock) {
    this.#lock = lock;
  }

  /** @throws ConfigError `spool_in_use` */
  static async take(files: SpoolFiles, layout: Layout, heartbeat?: Heartbeat): Promise<Claim> {
    try {
      return new Claim(
        await FileLock.take(join(layout.root, 'claim'), { files, ...(heartbeat && { heartbeat }) }),
      );
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      const says = `is in use by ${error.heldBy}: set SPOOL_DIR to another folder, or end that process`;
      throw new ConfigError('spool_in_use', `SPOOL_DIR=${layout.root} ${says}`, {}, { cause: error });
    }
  }

  /** @throws UnavailableError `spool_lost` if another process has taken the folder over */
  async check(): Promise<void> {
    if (await this.#lock.isHeld()) return;
    // Without the path: `GET /health/ready` shows this message to clients without a token.
    const message = 'Another process has taken over the folder of the spool: start trainpost again.';
    throw new UnavailableError('spool_lost', message);
  }

  async release(): Promise<void> {
    await this.#lock.release();
  }
}
