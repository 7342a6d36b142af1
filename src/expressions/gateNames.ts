import type { CustomMetric, Gate } from '../values/expression.ts';
import { MEASURES, METRIC_NAMES } from './scope.ts';
import type { NamedFunction, Vocabulary } from './vocabulary.ts';

/** What stands before a name that is not of the test rows of this training. */
export const TRAIN = 'train.';
export const CHAMPION = 'champion.';
export const LOGGED = 'champion.logged.';
/** Functions of a gate whose calls compare with the champion. */
const COMPARISONS = ['delta', 'worse', 'better'] as const;

/** The names and functions of gates: test metrics, `train.X`, `champion.X`, `champion.logged.X`, and `low(X)` and so on. */
export function gateVocabulary(metrics: readonly CustomMetric[]): Vocabulary {
  const custom = metrics.map(({ name }) => name);
  const ofMetrics = [...METRIC_NAMES, ...custom];
  const all = [...MEASURES.names, ...custom];
  const named = (gives: NamedFunction['gives'], of: readonly string[]): NamedFunction => ({
    gives,
    of: new Set(of),
  });
  return {
    names: new Set([
      ...all,
      ...all.map((name) => TRAIN + name),
      ...all.map((name) => CHAMPION + name),
      ...ofMetrics.map((name) => LOGGED + name),
    ]),
    functions: new Map([
      ['low', named('number', ofMetrics)],
      ['high', named('number', ofMetrics)],
      ['delta', named('number', all)],
      ['worse', named('boolean', ofMetrics)],
      ['better', named('boolean', ofMetrics)],
    ]),
  };
}

/** The names and functions of gates of an evaluation, which has no training rows and no champion. */
export function evaluationGateVocabulary(metrics: readonly CustomMetric[]): Vocabulary {
  const custom = metrics.map(({ name }) => name);
  const end: NamedFunction = { gives: 'number', of: new Set([...METRIC_NAMES, ...custom]) };
  return {
    names: new Set([...MEASURES.names, ...custom]),
    functions: new Map([
      ['low', end],
      ['high', end],
    ]),
  };
}

/** Whether the value of a name depends on the champion. */
export function isOfChampion(symbol: string): boolean {
  return symbol.startsWith(CHAMPION) || COMPARISONS.some((name) => symbol.startsWith(`${name}(`));
}

/** Whether one of the gates compares with the champion. */
export function needsChampion(gates: readonly Gate[]): boolean {
  return gates.some(({ expression }) => expression.symbols.some(isOfChampion));
}

/** Whether one of the gates needs what the champion's own run logged. */
export function needsLogged(gates: readonly Gate[]): boolean {
  return gates.some(({ expression }) => expression.symbols.some((symbol) => symbol.startsWith(LOGGED)));
}
