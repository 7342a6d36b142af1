import type { DatasetInfo, InputExample, SplitInfo } from './dataset.ts';
import type { Inference } from './inference.ts';
import type { MetricSet } from './metrics.ts';
import type { PipelineState } from './pipelineState.ts';
import type { ModelSpec } from './plan.ts';
import type { Warning } from './warning.ts';

export interface SolverInfo {
  readonly name: string;
  readonly iterations: number;
  readonly converged: boolean;
}

/** One model of a plan, fitted on the training rows and measured. */
export interface Candidate {
  readonly model: ModelSpec;
  readonly train: MetricSet;
  readonly test: MetricSet;
  readonly solver: SolverInfo;
  readonly warnings: readonly Warning[];
}

/** A stage of the work, and the time that it took, in milliseconds. */
interface StageTime {
  readonly name: string;
  readonly ms: number;
}

/** The result of a plan: plain data that can be sent between threads. */
export interface Result {
  readonly data: DatasetInfo;
  readonly split: SplitInfo;
  readonly example: InputExample;
  /** In the plan's order. */
  readonly candidates: readonly Candidate[];
  /** Index of the candidate that is kept as a model. */
  readonly chosen: number;
  /** The chosen candidate's fitted pipeline. */
  readonly pipeline: PipelineState;
  /** Estimates from the training rows, if the plan asks for them. */
  readonly inference?: Inference;
  /** Warnings about the data; each candidate has its own warnings. */
  readonly warnings: readonly Warning[];
  /** In the order of the work. */
  readonly stages: readonly StageTime[];
}

/** The candidate that is kept as a model. */
export function chosenOf({ candidates, chosen }: Result): Candidate {
  return candidates[chosen]!;
}
