import type { MessagePort } from 'node:worker_threads';
import { type ReadOptions, readTable } from '../../../data/readTable.ts';
import { DataError, inTestFile } from '../../../errors.ts';
import type { Plan } from '../../../values/plan.ts';
import type { Candidate, Result } from '../../../values/result.ts';
import { chooseBest } from '../../choose.ts';
import { Watch } from '../../watch.ts';
import { Team } from '../blocks/team.ts';
import { type FileOnDisk, readTables } from '../reading/readAgain.ts';
import { rolesOf } from '../reading/roles.ts';
import type { Both, ReadTable } from '../reading/types.ts';
import { crossValidate } from './crossValidate.ts';
import { constantColumns } from './describe.ts';
import { fitCandidates } from './fitCandidates.ts';
import { assignFolds, sortIntoFolds } from './folds.ts';
import { HelperTasks } from './helperTasks.ts';
import { prepare } from './prepare.ts';

/**
 * Splits a table, or joins two files, fits each candidate on the training rows and measures it on both parts; then, if the plan asks for folds,
 * in each fold. Nobody else can use the table then.
 * @param ports to threads that help: each of them serves `serveHelperTasks`
 * @throws DataError or FieldError if a table or a field does not allow it
 */
export async function runPlan(
  { train, test }: Both<ReadTable>,
  plan: Plan,
  watch = new Watch(),
  ports: readonly MessagePort[] = [],
): Promise<Result> {
  const { folds: nFolds = 0, holdout } = plan.evaluation;
  const team = new Team(train.table.memory, ports);
  const tools = { helpers: new HelperTasks(ports), watch };
  try {
    const startedAt = performance.now();
    const prepared = await prepare(
      { train: train.table, test: test?.table },
      plan,
      team,
      tools.helpers,
      watch,
    );
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
      ...(prepared.testInfo && { testData: prepared.testInfo }),
      split: prepared.marked.split,
      example: prepared.example,
      candidates: candidates.map((candidate, index) =>
        plan.keepAll || index === chosen ? candidate : withoutPipeline(candidate),
      ),
      chosen,
      warnings,
      stages: [
        { name: 'parse', ms: train.parseMs + (test?.parseMs ?? 0) },
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
 * @param testBytes the test file of a plan whose hold-out is a file
 * @throws DataError, NotATableError, TooLargeError or FieldError if a file or a field does not allow it
 */
export async function runCsv(
  bytes: Uint8Array,
  plan: Plan,
  options: ReadOptions = {},
  testBytes?: Uint8Array,
): Promise<Result> {
  const read = (file: Uint8Array): FileOnDisk => {
    const startedAt = performance.now();
    const table = readTable(file, options);
    return { read: { table, parseMs: performance.now() - startedAt }, again: () => [file] };
  };
  const files = { train: read(bytes), test: testBytes && readTest(() => read(testBytes)) };
  return await runPlan(await readTables(files, () => rolesOf(plan), { options }), plan);
}

function readTest<File>(read: () => File): File {
  try {
    return read();
  } catch (error) {
    throw inTestFile(error);
  }
}
