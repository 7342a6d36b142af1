import type { Gate } from '../values/expression.ts';
import type { GateResult } from '../values/gate.ts';
import type { Intervals } from '../values/intervals.ts';
import type { Measures } from '../values/metrics.ts';
import type { ChampionResult, Verdict } from '../values/result.ts';
import { compile } from './compile.ts';
import { CHAMPION, isOfChampion, LOGGED, TRAIN } from './gateNames.ts';
import { fullName, MEASURES, METRIC_NAMES, scopeOf } from './scope.ts';

/** What gates are asked about. */
export interface GateFacts {
  readonly test: Measures;
  /** An evaluation has no training rows. */
  readonly train?: Measures;
  /** Intervals of the test metrics. */
  readonly intervals: Intervals;
  /** Undefined if there is no champion: then comparisons with it hold. */
  readonly champion?: Pick<ChampionResult, 'measures' | 'verdicts'> & {
    /** Metrics that the champion's own run logged, by their names in MLflow. */
    readonly logged: Readonly<Record<string, number>>;
  };
}

/** Finds out which gates hold. */
export function evaluateGates(gates: readonly Gate[], facts: GateFacts): GateResult[] {
  const values = valuesOf(facts);
  return gates.map(({ expression, onlyWarns }) => {
    const { symbols, text } = expression;
    const holds =
      compile(expression).evaluate(values) ??
      // Only what nobody can compare yet may be undefined.
      (facts.champion === undefined &&
        symbols.some(isOfChampion) &&
        symbols.every((symbol) => isOfChampion(symbol) || Number.isFinite(values.get(symbol))));
    return {
      expression: onlyWarns ? `warn: ${text}` : text,
      state: holds ? 'passed' : onlyWarns ? 'warned' : 'failed',
      values: Object.fromEntries(symbols.map((symbol) => [symbol, shown(symbol, values.get(symbol))])),
    };
  });
}

/** Calls of these functions are conditions, which are 1 or 0. */
const CONDITION = /^(?:worse|better)\(/;

function shown(symbol: string, value: number | undefined): number | boolean | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  return CONDITION.test(symbol) ? value === 1 : value;
}

/** All values that a gate can name; an undefined value is NaN, or is not there. */
function valuesOf({ test, train, intervals, champion }: GateFacts): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const ofTest = allOf(test);
  const theirs = champion && allOf(champion.measures);
  for (const [name, value] of ofTest) values.set(name, value);
  for (const [name, value] of train ? allOf(train) : []) values.set(TRAIN + name, value);
  for (const [name, value] of theirs ?? []) {
    values.set(CHAMPION + name, value);
    values.set(`delta(${name})`, (ofTest.get(name) ?? Number.NaN) - value);
  }
  for (const name of [...METRIC_NAMES, ...Object.keys(test.custom ?? {})]) {
    const full = MEASURES.names.has(name) ? fullName(name) : name;
    const [low, high] = intervals[full] ?? [Number.NaN, Number.NaN];
    values.set(`low(${name})`, low);
    values.set(`high(${name})`, high);
    if (champion === undefined) continue;
    const verdict = champion.verdicts[full];
    values.set(`worse(${name})`, is(verdict, 'significantly_worse'));
    values.set(`better(${name})`, is(verdict, 'better'));
    values.set(LOGGED + name, champion.logged[`test_${full}`] ?? Number.NaN);
  }
  return values;
}

function allOf(measures: Measures): ReadonlyMap<string, number> {
  return new Map([...scopeOf(measures), ...Object.entries(measures.custom ?? {})]);
}

function is(verdict: Verdict | undefined, wanted: Verdict): number {
  if (verdict === undefined) return Number.NaN;
  return verdict === wanted ? 1 : 0;
}
