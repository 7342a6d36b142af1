import { createInterface } from 'node:readline';
import { StandInMlflow } from '../../test/support/standInMlflow.ts';

/**
 * The stand-in for MLflow in a process of its own, so that its memory does not count as the service's. The process answers
 * commands as JSON lines, and ends when its standard input ends.
 */
const RUNS_MAX = 1_000;
/** Number of model files of a run. */
const FILES = 8;

let finished = 0;

const standIn = await StandInMlflow.start({
  beforeCall: ({ name }) => {
    // The stand-in remembers every call with its body, which nothing reads here.
    standIn.calls.length = 0;
    if (name !== 'runs/update FINISHED') return;
    finished += 1;
    const { runs, models, artifacts } = standIn.store;
    forgetOldest(runs, RUNS_MAX);
    forgetOldest(models, RUNS_MAX);
    forgetOldest(artifacts, FILES * RUNS_MAX);
    forgetOldest(standIn.registry.registered, RUNS_MAX);
  },
});

/** Removes the oldest entries. Searches look at all entries, but only need those of the last few seconds. */
function forgetOldest(kept: Map<string, unknown>, max: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= max) return;
    kept.delete(key);
  }
}

const commands: Readonly<Record<string, () => unknown>> = {
  url: () => ({ url: standIn.url }),
  finished: () => ({ finished }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name } = JSON.parse(line) as { do: string };
  process.stdout.write(`${JSON.stringify(commands[name]?.())}\n`);
}
process.exit(0);
