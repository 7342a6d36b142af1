import type { Summary } from './summary.ts';

/** Signs that a name may not have (OpenMetrics 1.0, section 4.3.1). */
const NO_NAME = /[^a-zA-Z0-9_]/g;

/**
 * Writes the numbers in the text format of OpenMetrics, as GitLab's metrics report reads it. There are no labels, because GitLab
 * takes a metric with another label for another metric.
 */
export function openMetrics({ metrics, gate, data, warnings, drift = [] }: Summary): string {
  const lines = new Map<string, number>();
  const add = (name: string, value: number | null | undefined) => {
    if (value !== undefined) lines.set(`trainpost_${name.replaceAll(NO_NAME, '_')}`, value ?? Number.NaN);
  };
  for (const { name, test, interval, train, mean, std, champion } of metrics) {
    add(`test_${name}`, test);
    add(`test_${name}_ci_low`, interval?.[0]);
    add(`test_${name}_ci_high`, interval?.[1]);
    add(`training_${name}`, train);
    add(`cv_${name}_mean`, mean);
    add(`cv_${name}_std`, std);
    add(`champion_${name}`, champion);
  }
  if (gate !== undefined) {
    const count = (state: string) => gate.gates.filter((one) => one.state === state).length;
    add('gates_passed', count('passed'));
    add('gates_failed', count('failed'));
    add('gates_warned', count('warned'));
  }
  for (const [name, value] of data) if (typeof value === 'number') add(name, value);
  if (drift.length > 0) add('drift_max', Math.max(...drift.map(({ psi }) => psi)));
  add('warnings', warnings.length);
  return [
    ...[...lines].flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name} ${value}`]),
    '# EOF',
    '',
  ].join('\n');
}
