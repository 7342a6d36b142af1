import { access, constants, statfs } from 'node:fs/promises';
import type { Check } from './readiness.ts';

/** A check that a file of so many bytes can be written to a folder. */
export function roomFor(dir: string, bytes: number): Check {
  return async () => {
    try {
      await access(dir, constants.W_OK);
      const { bavail, bsize } = await statfs(dir);
      if (bavail * bsize >= bytes) return undefined;
      return { reason: `The disk has no room for an upload of ${bytes} bytes: free some space.` };
    } catch (cause) {
      return { reason: 'The folder for uploads cannot be written to; the log says why.', cause };
    }
  };
}
