import { readFileSync } from 'node:fs';
import { runCsv } from '../src/engine/local/fit/run.ts';
import { Watch } from '../src/engine/watch.ts';
import { chosenOf } from '../src/values/result.ts';
import { planFor } from '../test/support/plans.ts';
import { CSV } from './postForm.ts';
import { median } from './statistics.ts';

const WARM_UP = 30;
const ROUNDS = 300;
const CALLS = 1_000_000;

/** Times fits of data/diabetes.csv with and without counting iterations, in turns. A larger file has the same calls in a longer fit. */
export async function progressCost(): Promise<string> {
  const plan = await planFor({});
  const bytes = readFileSync(CSV);
  const { iterated } = Watch.prototype;
  const fitMs = async (isCounted: boolean) => {
    Watch.prototype.iterated = isCounted ? iterated : () => undefined;
    try {
      const result = await runCsv(bytes, plan);
      return { ms: result.stages.find(({ name }) => name === 'fit')!.ms, result };
    } finally {
      Watch.prototype.iterated = iterated;
    }
  };
  const times = { counted: [] as number[], plain: [] as number[] };
  let iterations = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const counted = await fitMs(true);
    const plain = await fitMs(false);
    iterations = chosenOf(counted.result).solver.iterations;
    if (round < WARM_UP) continue;
    times.counted.push(counted.ms);
    times.plain.push(plain.ms);
  }
  const ratio = median(times.counted) / median(times.plain);
  const ns = callNs();
  const share = (iterations * ns) / 1e6 / median(times.plain);
  return [
    `Progress: a fit of data/diabetes.csv (${iterations} iterations, ${median(times.plain).toFixed(2)} ms) takes`,
    `${ratio.toFixed(3)} times as long with the iterations counted as without. A count takes ${ns.toFixed(0)} ns,`,
    `so all counts take ${(100 * share).toFixed(2)} % of that fit.`,
  ].join('\n');
}

function callNs(): number {
  const watch = new Watch();
  const startedAt = performance.now();
  for (let call = 0; call < CALLS; call++) watch.iterated();
  return ((performance.now() - startedAt) * 1e6) / CALLS;
}
