import type { MessagePort } from 'node:worker_threads';
import { type ReadOptions, readTable } from '../../../data/readTable.ts';
import { DataError } from '../../../errors.ts';
import type { Plan } from '../../../values/plan.ts';
import type { Candidate, Result } from '../../../values/result.ts';
import { chooseBest } from '../../choose.ts';
import { Watch } from '../../watch.ts';
import { Team } from '../blocks/team.ts';
import { readAgain } from '../reading/readAgain.ts';
import { rolesOf } from '../reading/roles.ts';
import type { ReadTable } from '../reading/types.ts';
import { crossValidate } from './crossValidate.ts';
import { constantColumns } from './describe.ts';
import { fitCandidates } from './fitCandidates.ts';
import { assignFolds, sortIntoFolds } from './folds.ts';
import { HelperTasks } from './helperTasks.ts';
import { prepare } from './prepare.ts';

/**
 * Splits a table, fits each candidate on the training rows and measures it on both parts; then, if the plan asks for folds,
 * in each fold. Nobody else can use the table then.
 * @param ports to threads that help: each of them serves `serveHelperTasks`
 * @throws DataError or FieldError if the table or a field does not allow it
 */
export async function runPlan(
  { table, parseMs }: ReadTable,
  plan: Plan,
  watch = new Watch(),
  ports: readonly MessagePort[] = [],
): Promise<Result> {
  const { folds: nFolds = 0, holdout } = plan.evaluation;
  const team = new Team(table.memory, ports);
  const tools = { helpers: new HelperTasks(ports), watch };
  try {
    const startedAt = performance.now();
    const prepared = await prepare(table, plan, team, tools.helpers, watch);
    const foldOf = nFolds === 0 ? undefined : assignFolds(prepared, holdout, nFolds);
    const splitMs = performance.now() - startedAt;

    watch.enter('fitting', plan.candidates.length * (1 + nFolds));
    const { fits, fitMs, evaluateMs } = await fitCandidates(prepared, plan, tools);
    const warnings = [
      ...prepared.dataset.warnings,
      ...constantColumns(prepared.dataset, prepared.train.frame),
    ];

    const foldsStartedAt = performance.now();
    const candidates =
      foldOf === undefined
        ? fits
        : await crossValidate(fits, sortIntoFolds(prepared, foldOf, nFolds), prepared, plan, tools);
    const crossValidateMs = performance.now() - foldsStartedAt;

    const chosen = chooseBest(candidates, plan.choice);
    if (chosen === undefined) throw firstProblem(candidates);
    return {
      data: prepared.info,
      split: prepared.marked.split,
      example: prepared.example,
      candidates: candidates.map((candidate, index) =>
        plan.keepAll || index === chosen ? candidate : withoutPipeline(candidate),
      ),
      chosen,
      warnings,
      stages: [
        { name: 'parse', ms: parseMs },
        { name: 'split', ms: splitMs },
        { name: 'fit', ms: fitMs },
        { name: 'evaluate', ms: evaluateMs },
        ...(foldOf === undefined ? [] : [{ name: 'cross_validate', ms: crossValidateMs }]),
      ],
    };
  } finally {
    team.close();
  }
}

function withoutPipeline(candidate: Candidate): Candidate {
  if (!('pipeline' in candidate)) return candidate;
  const { pipeline: _, ...rest } = candidate;
  return rest;
}

/** The error of a plan none of whose candidates can be fitted. */
function firstProblem(candidates: readonly Candidate[]): DataError {
  const { code, message, details } = candidates.flatMap((one) => ('problem' in one ? [one.problem] : []))[0]!;
  return new DataError(code, message, details);
}

/**
 * Reads a CSV and runs a plan on it, on this thread alone.
 * @throws DataError, NotATableError, TooLargeError or FieldError if the file or a field does not allow it
 */
export async function runCsv(bytes: Uint8Array, plan: Plan, options: ReadOptions = {}): Promise<Result> {
  const startedAt = performance.now();
  const table = readTable(bytes, options);
  const read = { table, parseMs: performance.now() - startedAt };
  return await runPlan(await readAgain(read, rolesOf(plan), () => [bytes], options), plan);
}
