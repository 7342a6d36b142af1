import type { Plan } from '../../../values/plan.ts';
import { runCsv } from '../fit/run.ts';

/** Rows of the table that a thread learns on: enough for the compiler to see which loops are hot. */
const ROWS = 300;
const ROUNDS = 5;

/** Trains on a made-up table a few times, so that everything is loaded and compiled for the first caller. */
export async function warmUp(plan: Plan): Promise<void> {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${(i * 7) % 101},${((i * 13) % 89) / 10},${(i * i) % 2}`,
  );
  const table = new TextEncoder().encode(`a,b,Outcome\n${rows.join('\n')}\n`);
  for (let round = 0; round < ROUNDS; round++) {
    const holdout = { ...plan.evaluation.holdout, randomState: round };
    await runCsv(table, { ...plan, evaluation: { ...plan.evaluation, holdout } });
  }
}
