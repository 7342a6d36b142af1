import { createInterface } from 'node:readline';
import { StandInMlflow } from '../../test/support/standInMlflow.ts';

/**
 * The stand-in for MLflow as a process of its own, so that its memory is not the service's. It answers commands as JSON
 * lines, and ends with its standard input.
 */
const RUNS_MAX = 1_000;
/** Model files of a run. */
const FILES = 8;

let finished = 0;

const standIn = await StandInMlflow.start({
  beforeCall: ({ name }) => {
    // It remembers every call, with its body; nobody asks here.
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

/** Searches look at everything that is kept, and only ask for records of the last few seconds. */
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
