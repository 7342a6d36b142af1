import type { MessagePort } from 'node:worker_threads';
import { csvOptionsOf } from '../../../data/csvOptions.ts';
import { type ReadOptions, readTable } from '../../../data/readTable.ts';
import { foldWarnings } from '../../../data/warnings/fold.ts';
import { DataError, inTestFile } from '../../../errors.ts';
import type { Inference } from '../../../values/inference.ts';
import type { Plan } from '../../../values/plan.ts';
import { type Candidate, isFitted, type KeptCandidate, type Result } from '../../../values/result.ts';
import type { Warning } from '../../../values/warning.ts';
import { chooseBest } from '../../choose.ts';
import { Watch } from '../../watch.ts';
import { Team } from '../blocks/team.ts';
import { type FileOnDisk, readTables } from '../reading/readAgain.ts';
import { rolesOf } from '../reading/roles.ts';
import type { Both, ReadTable } from '../reading/types.ts';
import { compare } from './compare.ts';
import { crossValidate } from './crossValidate.ts';
import { decide } from './decide.ts';
import { constantColumns } from './describe.ts';
import { estimate } from './estimate.ts';
import { fitCandidates } from './fitCandidates.ts';
import { assignFolds, fitsOf, foldsToMake, sortIntoFolds } from './folds.ts';
import { HelperTasks } from './helperTasks.ts';
import { Pace, type WorkLimit } from './pace.ts';
import { type Prepared, prepare } from './prepare.ts';
import { trainingProfile } from './profile.ts';
import { StageClock } from './stageClock.ts';

/**
 * Splits a table or joins two files, fits each candidate on the training rows, and measures it on both parts.
 * Then, if the plan asks for folds, the same in each fold. Nobody else can use the tables then.
 * @param ports to threads that help: each of them serves `serveHelperTasks`
 * @param limit when the work is stopped; without it never
 * @throws DataError or FieldError if a table or a field does not allow it, or if the fits cannot end in time
 */
export async function runPlan(
  { train, test }: Both<ReadTable>,
  plan: Plan,
  watch = new Watch(),
  ports: readonly MessagePort[] = [],
  limit?: WorkLimit,
): Promise<Result> {
  const team = new Team(train.table.memory, ports);
  const tools = { helpers: new HelperTasks(ports), watch, pace: new Pace(plan, limit) };
  const clock = new StageClock();
  clock.add('parse', train.parseMs + (test?.parseMs ?? 0));
  try {
    const prepared = await prepare(
      { train: train.table, test: test?.table },
      plan,
      team,
      tools.helpers,
      watch,
    );
    const nFolds = foldsToMake(plan);
    const foldOf = nFolds === 0 ? undefined : assignFolds(prepared, plan.evaluation.holdout, nFolds);
    const profile = trainingProfile(prepared);
    clock.end('split');

    watch.enter('fitting', fitsOf(plan));
    const { fits, curves, fitMs, evaluateMs } = await fitCandidates(prepared, plan, tools);
    clock.add('fit', fitMs);
    clock.add('evaluate', evaluateMs);
    const warnings = warningsOf(prepared, plan);
    const estimated = estimatedOf(prepared, fits, plan);
    if (plan.inference) clock.end('inference');

    const folds = foldOf && sortIntoFolds(prepared, foldOf, nFolds);
    const candidates =
      folds && hasFolds(plan) ? await crossValidate(fits, folds, prepared, plan, tools) : fits;
    if (hasFolds(plan)) clock.end('cross_validate');
    const chosen = chooseBest(candidates, plan.choice);
    if (chosen === undefined) throw firstProblem(candidates);

    // The best candidate has a pipeline: all candidates still have theirs.
    const { best, ...decided } = await decide(
      candidates[chosen] as KeptCandidate,
      folds,
      prepared,
      plan,
      tools,
    );
    if (plan.threshold?.by === 'objective') clock.end('threshold');
    watch.enter('evaluating');
    const compared = await compare(best, folds, prepared, plan);
    clock.end('intervals');
    return {
      data: prepared.info,
      ...(prepared.testInfo && { testData: prepared.testInfo }),
      split: prepared.marked.split,
      example: prepared.example,
      ...(prepared.positive !== undefined && { positive: prepared.positive }),
      profile,
      candidates: candidates.map((candidate, index) =>
        index === chosen ? best : plan.keepAll ? candidate : withoutPipeline(candidate),
      ),
      chosen,
      ...(estimated !== undefined && { inference: estimated }),
      ...decided,
      ...compared,
      ...(curves[chosen] && { curves: curves[chosen] }),
      warnings,
      stages: clock.stages,
    };
  } finally {
    team.close();
  }
}

/** Any of the fitted pipelines will do: their imputers are the same. Call it before the rows are sorted into folds. */
function estimatedOf(
  { dataset, train }: Prepared,
  fits: readonly Candidate[],
  plan: Plan,
): Inference | undefined {
  const { pipeline } = fits.filter(isFitted).find((one) => one.pipeline !== undefined) ?? {};
  return plan.inference && pipeline !== undefined ? estimate(dataset, train, pipeline) : undefined;
}

function hasFolds({ evaluation }: Plan): boolean {
  return evaluation.folds !== undefined;
}

/** Call it before the rows are sorted into folds. */
function warningsOf({ dataset, train }: Prepared, plan: Plan): Warning[] {
  const isSelectedOnTest = plan.candidates.length > 1 && !hasFolds(plan);
  return [
    ...foldWarnings([...dataset.warnings, ...constantColumns(dataset, train.frame)]),
    ...(isSelectedOnTest ? [SELECTED_ON_TEST] : []),
  ];
}

const SELECTED_ON_TEST: Warning = {
  code: 'selected_on_test',
  message:
    'The best candidate was chosen on the test rows, so its test metrics are too good: set cv, such as cv=5, to choose it on folds of the training rows.',
};

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
  const csv = csvOptionsOf(plan.data);
  const all = { ...options, ...(csv && { csv }) };
  const read = (file: Uint8Array): FileOnDisk => {
    const startedAt = performance.now();
    const table = readTable(file, all);
    return { read: { table, parseMs: performance.now() - startedAt }, again: () => [file] };
  };
  const files = { train: read(bytes), test: testBytes && readTest(() => read(testBytes)) };
  return await runPlan(await readTables(files, () => rolesOf(plan), { options: all }), plan);
}

function readTest<File>(read: () => File): File {
  try {
    return read();
  } catch (error) {
    throw inTestFile(error);
  }
}
