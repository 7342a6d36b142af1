import type { GateReport, GateResult } from '../../values/gate.ts';
import type { Difference } from '../../values/intervals.ts';
import type { Measures } from '../../values/metrics.ts';
import type { ChampionResult, Verdict } from '../../values/result.ts';
import { type JsonMetrics, jsonMetrics } from './sweepAnswer.ts';

/** What came of the gates. */
export interface GateAnswer {
  readonly state: 'passed' | 'failed';
  readonly gates: readonly GateResult[];
}

/** The model behind the alias, on the test rows of this training. */
export interface ChampionAnswer {
  readonly model: { readonly uri: string; readonly name: string | null; readonly version: string | null };
  readonly metrics: { readonly test: JsonMetrics };
  /** This model minus the champion, with the 95 % interval and the p-value. */
  readonly differences: Readonly<Record<string, Difference>>;
  /** On this model. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

/** The keys of a response that tell of gates. */
export function gateAnswers(
  report: GateReport | undefined,
  measured: ChampionResult | undefined,
): { readonly gate?: GateAnswer; readonly champion?: ChampionAnswer } {
  if (report === undefined) return {};
  const { state, gates, champion } = report;
  return {
    gate: { state, gates },
    ...(champion &&
      measured && {
        champion: {
          model: {
            uri: champion.place.uri,
            name: champion.place.name ?? null,
            version: champion.place.version ?? null,
          },
          metrics: { test: jsonMetrics(valuesOf(measured.measures)) },
          differences: measured.paired,
          verdicts: measured.verdicts,
        },
      }),
  };
}

function valuesOf({ metrics, custom }: Measures) {
  return { ...metrics, ...custom };
}
