import { fitCsv } from '../fit/fit.ts';

/** Rows of the table that a thread learns on: enough for the compiler to see which loops are hot. */
const ROWS = 300;
const ROUNDS = 5;

/**
 * Trains on a made-up table a few times, so that the first caller finds everything loaded and compiled.
 */
export async function warmUp(): Promise<void> {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${(i * 7) % 101},${((i * 13) % 89) / 10},${(i * i) % 2}`,
  );
  const table = new TextEncoder().encode(`a,b,Outcome\n${rows.join('\n')}\n`);
  for (let round = 0; round < ROUNDS; round += 1) {
    await fitCsv(table, {
      ignore: [],
      missing: 'error',
      testSize: 0.3,
      randomState: round,
      stratify: false,
      model: { C: 1, maxIter: 100, solver: 'lbfgs', tol: 1e-4, classWeight: null },
    });
  }
}
