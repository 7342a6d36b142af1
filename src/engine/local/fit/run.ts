import type { MessagePort } from 'node:worker_threads';
import { csvOptionsOf } from '../../../data/csvOptions.ts';
import { type ReadOptions, readTable } from '../../../data/readTable.ts';
import { foldWarnings } from '../../../data/warnings/fold.ts';
import type { Plan } from '../../../values/plan.ts';
import type { Result } from '../../../values/result.ts';
import { Watch } from '../../watch.ts';
import { Team } from '../blocks/team.ts';
import { readAgain } from '../reading/readAgain.ts';
import type { ReadTable } from '../reading/types.ts';
import { constantColumns } from './describe.ts';
import { type FittedCandidate, fitCandidate } from './fitCandidate.ts';
import { HelperTasks } from './helperTasks.ts';
import { prepare } from './prepare.ts';

/**
 * Splits a table, fits each candidate on the training rows and measures it on both parts. Nobody else can use the table
 * then.
 * @param ports to threads that help: each of them serves `serveHelperTasks`
 * @throws DataError or FieldError if the table or a field does not allow it
 */
export async function runPlan(
  { table, parseMs }: ReadTable,
  plan: Plan,
  watch = new Watch(),
  ports: readonly MessagePort[] = [],
): Promise<Result> {
  const team = new Team(table.memory, ports);
  const helpers = new HelperTasks(ports);
  try {
    const startedAt = performance.now();
    const prepared = await prepare(table, plan, team, helpers, watch);
    const splitMs = performance.now() - startedAt;
    const fitted: FittedCandidate[] = [];
    watch.enter('fitting', plan.candidates.length);
    for (const model of plan.candidates) {
      fitted.push(await fitCandidate(prepared, model, plan.data.missing, helpers));
      watch.step();
    }
    const chosen = 0;
    const { dataset, split, train, example, info } = prepared;
    return {
      data: info,
      split,
      example,
      candidates: fitted.map(({ candidate }) => candidate),
      chosen,
      pipeline: fitted[chosen]!.pipeline,
      warnings: foldWarnings([...dataset.warnings, ...constantColumns(dataset, train.frame)]),
      stages: [
        { name: 'parse', ms: parseMs },
        { name: 'split', ms: splitMs },
        { name: 'fit', ms: sum(fitted.map(({ fitMs }) => fitMs)) },
        { name: 'evaluate', ms: sum(fitted.map(({ evaluateMs }) => evaluateMs)) },
      ],
    };
  } finally {
    team.close();
  }
}

/**
 * Reads a CSV and runs a plan on it, on this thread alone.
 * @throws DataError, NotATableError, TooLargeError or FieldError if the file or a field does not allow it
 */
export async function runCsv(bytes: Uint8Array, plan: Plan, options: ReadOptions = {}): Promise<Result> {
  const startedAt = performance.now();
  const csv = csvOptionsOf(plan.data);
  const all = { ...options, ...(csv && { csv }) };
  const table = readTable(bytes, all);
  const read = { table, parseMs: performance.now() - startedAt };
  return await runPlan(await readAgain(read, plan.data, () => [bytes], all), plan);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
