import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects this thread's garbage. V8 returns a shared memory to the system only after every thread that has seen the
 * memory has collected its garbage. An idle thread does not collect: V8 takes a hundred megabytes for a small object.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
