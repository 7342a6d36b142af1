import Papa from 'papaparse';
import { scoreOf } from '../engine/choose.ts';
import type { Objective } from '../values/expression.ts';
import { type Candidate, isFitted, type Result } from '../values/result.ts';
import type { RunFile } from '../values/run.ts';
import { settingsOf } from './children.ts';
import { measuresOf } from './measures.ts';

/** One candidate of a sweep, and its place in the order of the objective. */
export interface Ranked {
  /** Place in the sweep. */
  readonly index: number;
  readonly candidate: Candidate;
  /** What the candidate is chosen by; NaN if it is undefined, or if the candidate could not be fitted. */
  readonly score: number;
}

/** Sorts candidates, the best first. Candidates without a score come last, those that could not be fitted behind all others. */
export function rank({ candidates }: Pick<Result, 'candidates'>, objective: Objective): Ranked[] {
  const sign = objective.direction === 'max' ? -1 : 1;
  const group = ({ candidate, score }: Ranked) => (!isFitted(candidate) ? 2 : Number.isNaN(score) ? 1 : 0);
  return candidates
    .map((candidate, index) => {
      return { index, candidate, score: isFitted(candidate) ? scoreOf(candidate, objective) : Number.NaN };
    })
    .sort((a, b) => group(a) - group(b) || sign * (a.score - b.score) || a.index - b.index);
}

type Row = Readonly<Record<string, number | string | boolean | null>>;

/** `leaderboard.csv` and `leaderboard.json`: a row for each candidate of a sweep, the best first. */
export function leaderboardFiles(result: Result, objective: Objective): readonly RunFile[] {
  const rows = rank(result, objective).map((one) => rowOf(one, objective));
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // A spreadsheet would take a text that begins so for a formula.
  const csv = Papa.unparse(
    { fields, data: rows.map((row) => fields.map((name) => row[name] ?? '')) },
    { newline: '\n', escapeFormulae: true },
  );
  return [
    { path: 'leaderboard.csv', text: `${csv}\n` },
    { path: 'leaderboard.json', text: `${JSON.stringify({ select: objective.text, rows }, null, 1)}\n` },
  ];
}

function rowOf({ index, candidate, score }: Ranked, { text }: Objective): Row {
  const start = { candidate: index, ...settingsOf(candidate.model), [`select: ${text}`]: finite(score) };
  if (!isFitted(candidate)) return { ...start, problem: candidate.problem.code };
  const { test, training, cv, solver } = measuresOf(candidate);
  return {
    ...start,
    ...(cv && { ...named('cv_', cv.mean, '_mean'), ...named('cv_', cv.std, '_std') }),
    ...named('test_', test),
    ...named('training_', training),
    iterations: solver.iterations,
    converged: solver.converged,
  };
}

function named(prefix: string, values: Readonly<Record<string, number>>, suffix = ''): Row {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [prefix + name + suffix, finite(value)]),
  );
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
