/** What an answer says, in whichever form: plain values, from which Markdown, JUnit, OpenMetrics and a page are made. */
import type { Change } from '../../values/brief.ts';
import type { ColumnDrift } from '../../values/evaluation.ts';
import type { GateResult } from '../../values/gate.ts';
import type { Difference, Interval } from '../../values/intervals.ts';
import type { Warning } from '../../values/warning.ts';

/** One metric. A value that does not exist is null. */
export interface MetricLine {
  readonly name: string;
  readonly test: number | null;
  /** The 95 % interval of `test`. */
  readonly interval?: Interval;
  readonly train?: number | null;
  /** Over the folds. */
  readonly mean?: number | null;
  readonly std?: number | null;
  readonly champion?: number | null;
  /** This model minus the champion. */
  readonly difference?: Difference;
  readonly verdict?: string;
}

export interface SweepLine {
  readonly candidate: number;
  readonly settings: Readonly<Record<string, number | string | null>>;
  /** What the candidate is chosen by; null if it is not known. */
  readonly value: number | null;
  readonly problem?: string;
}

/** An error, and what to do. */
export interface ProblemLine {
  /** Missing for a problem that a training would have. */
  readonly status?: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** The other keys of the problem, such as `field`, `row` and `column`. */
  readonly help: readonly (readonly [name: string, value: string])[];
  /** Whether nothing beside the problem is known. */
  readonly isAll: boolean;
}

export interface Summary {
  readonly kind: 'training' | 'evaluation' | 'dry run';
  readonly experiment: string;
  /** The registered model, if the form names one. */
  readonly registeredModel?: string;
  readonly problem?: ProblemLine;
  /** The result in a few sentences. */
  readonly verdict: readonly string[];
  /** The run's name, if one is logged; its address once MLflow has it. */
  readonly run?: { readonly name: string; readonly id: string | null; readonly url: string | null };
  readonly model?: { readonly name: string; readonly version: string | null; readonly url: string | null };
  /** Whether MLflow does not have the run yet. */
  readonly isPending: boolean;
  readonly gate?: { readonly state: 'passed' | 'failed'; readonly gates: readonly GateResult[] };
  readonly metrics: readonly MetricLine[];
  readonly champion?: { readonly uri: string; readonly version: string | null };
  readonly changes?: readonly Change[];
  readonly promotion?: { readonly name: string; readonly alias: string; readonly version: string | null };
  readonly drift?: readonly ColumnDrift[];
  readonly sweep?: {
    readonly select: string;
    readonly best: number;
    /** The best first. */
    readonly rows: readonly SweepLine[];
  };
  readonly confusion?: {
    readonly classes: readonly string[];
    readonly rows: readonly (readonly number[])[];
  };
  /** The true positive rate at even steps of the false positive rate. */
  readonly roc?: readonly number[];
  readonly settings?: Readonly<Record<string, number | string | null>>;
  /** Facts of the file, such as its rows. */
  readonly data: readonly (readonly [name: string, value: string | number])[];
  readonly warnings: readonly Warning[];
  readonly command?: string;
  /** Seconds from the first byte of the request. */
  readonly seconds?: number;
}
