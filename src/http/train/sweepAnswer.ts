import { settingsOf } from '../../training/children.ts';
import { rank } from '../../training/leaderboard.ts';
import { measuresOf } from '../../training/measures.ts';
import type { MetricSet } from '../../values/metrics.ts';
import type { Plan } from '../../values/plan.ts';
import { type Candidate, isFitted, type Result, type SolverInfo } from '../../values/result.ts';
import type { FoldMeasures, LoggedRun } from '../../values/run.ts';

/** JSON has no NaN: an undefined metric is null. */
export type JsonMetrics = { readonly [name in keyof MetricSet]: number | null } & Readonly<
  Record<string, number | null>
>;

/** An infinite C is null in JSON. */
type Settings = Omit<ReturnType<typeof settingsOf>, 'C'> & { readonly C: number | null };

export interface FoldsAnswer {
  readonly k: number;
  readonly mean: JsonMetrics;
  readonly std: JsonMetrics;
  readonly folds: readonly JsonMetrics[];
}

/** The candidate whose model is registered. */
interface BestAnswer {
  /** Place in the sweep. */
  readonly index: number;
  readonly settings: Settings;
  readonly select: string;
  readonly value: number | null;
}

/** What a candidate came to. A candidate that could not be fitted has a `problem` and nothing else. */
export interface CandidateAnswer {
  /** Place in the sweep. */
  readonly index: number;
  readonly settings: Settings;
  readonly metrics?: { readonly train: JsonMetrics; readonly test: JsonMetrics };
  readonly cv?: FoldsAnswer;
  readonly solver?: SolverInfo;
  readonly problem?: { readonly code: string; readonly detail: string };
}

/** A candidate with its place in MLflow; null until it is there. */
export interface CandidateRunAnswer extends CandidateAnswer {
  readonly run: { readonly id: string; readonly name: string; readonly url: string } | null;
  readonly model: { readonly uri: string } | null;
}

export interface SweepAnswer {
  readonly best: BestAnswer;
  /** The best first. */
  readonly runs: readonly CandidateAnswer[];
}

/** @returns undefined for a single candidate */
export function sweepAnswer(result: Result, { choice }: Pick<Plan, 'choice'>): SweepAnswer | undefined {
  if (result.candidates.length === 1) return undefined;
  const ranked = rank(result, choice);
  const { index, candidate, score } = ranked.find((one) => one.index === result.chosen)!;
  return {
    best: { index, settings: settingsOf(candidate.model), select: choice.text, value: finite(score) },
    runs: ranked.map((one) => candidateAnswer(one.candidate, one.index)),
  };
}

function candidateAnswer(candidate: Candidate, index: number): CandidateAnswer {
  const start = { index, settings: settingsOf(candidate.model) };
  if (!isFitted(candidate)) {
    const { code, message } = candidate.problem;
    return { ...start, problem: { code, detail: message } };
  }
  const { training, test, cv, solver } = measuresOf(candidate);
  return {
    ...start,
    metrics: { train: jsonMetrics(training), test: jsonMetrics(test) },
    ...(cv && { cv: foldsAnswer(cv) }),
    solver,
  };
}

/** The runs of a sweep with their places in MLflow. */
export function withRuns(
  runs: readonly CandidateAnswer[],
  logged: LoggedRun | undefined,
): readonly CandidateRunAnswer[] {
  return runs.map((one) => {
    const child = logged?.children?.[one.index];
    return {
      ...one,
      run: child ? { id: child.runId, name: child.runName, url: child.runUrl } : null,
      model: child?.modelUri === undefined ? null : { uri: child.modelUri },
    };
  });
}

export function foldsAnswer({ folds, mean, std }: FoldMeasures): FoldsAnswer {
  return {
    k: folds.length,
    mean: jsonMetrics(mean),
    std: jsonMetrics(std),
    folds: folds.map(jsonMetrics),
  };
}

export function jsonMetrics(values: MetricSet): JsonMetrics {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, finite(value)]),
  ) as JsonMetrics;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
