import { shownMetric } from '../plots/text.ts';
import { type Block, code, type Line, paragraph } from './blocks.ts';
import { sweepChart } from './charts.ts';
import type { MetricLine, Summary } from './summary.ts';

/** Rows of each table; more are counted. A comment takes 65,536 characters. */
const GATES_MAX = 30;
const METRICS_MAX = 40;
const SWEEP_ROWS_MAX = 20;
const DRIFT_ROWS_MAX = 15;

const GATE_STATES = {
  passed: 'holds',
  failed: 'does not hold',
  warned: 'does not hold, warns only',
} as const;

export function gates({ gate, metrics: lines }: Summary): readonly Block[] {
  if (gate === undefined) return [];
  const intervals = new Map(lines.map(({ name, interval }) => [name, interval]));
  const rows = gate.gates
    .slice(0, GATES_MAX)
    .map(({ expression, state, values }): readonly Line[] => [
      [code(expression)],
      [{ strong: GATE_STATES[state] }],
      Object.entries(values).flatMap(
        ([name, value], i): Line => [...(i === 0 ? [] : [', ']), code(name), ` = ${valueText(value)}`],
      ),
      [intervalOf(values, intervals)],
    ]);
  return [
    { kind: 'table', head: ['Gate', 'State', 'Values', '95 % interval'], rows, text: [1, 2, 3] },
    ...leftOut(gate.gates.length - GATES_MAX, 'gates'),
  ];
}

/** The interval of the first metric that a gate names. `recall` in a gate is `recall_score` in an answer. */
function intervalOf(
  values: Readonly<Record<string, unknown>>,
  intervals: ReadonlyMap<string, MetricLine['interval']>,
): string {
  for (const name of Object.keys(values)) {
    const [, bare = name] = /\((\w+)\)$/.exec(name) ?? [];
    const found = intervals.get(bare) ?? intervals.get(`${bare}_score`);
    if (found !== undefined) return rangeText(found);
  }
  return '';
}

export function metrics({ metrics: lines, champion }: Summary): readonly Block[] {
  if (lines.length === 0) return [];
  const has = (key: keyof MetricLine) => lines.some((line) => line[key] !== undefined);
  const range = champion?.version == null ? '' : ` (version ${champion.version})`;
  const columns: readonly (readonly [isThere: boolean, name: string, of: (line: MetricLine) => string])[] = [
    [true, 'Test', ({ test }) => shownMetric(test)],
    [has('interval'), '95 % interval', ({ interval }) => (interval ? rangeText(interval) : '')],
    [has('train'), 'Training', ({ train }) => shownMetric(train)],
    [has('mean'), 'Folds', ({ mean, std }) => `${shownMetric(mean)} ± ${shownMetric(std)}`],
    [champion !== undefined, `Champion${range}`, ({ champion: value }) => shownMetric(value)],
    [has('difference'), 'Difference', ({ difference }) => (difference ? signed(difference.difference) : '')],
    [
      has('difference'),
      '95 % interval of the difference',
      ({ difference }) => (difference ? `${signed(difference.low)} to ${signed(difference.high)}` : ''),
    ],
    [has('verdict'), 'Verdict', ({ verdict = '' }) => verdict.replaceAll('_', ' ')],
  ];
  const shown = columns.filter(([isThere]) => isThere);
  return [
    {
      kind: 'table',
      head: ['Metric', ...shown.map(([, name]) => name)],
      rows: lines
        .slice(0, METRICS_MAX)
        .map((line) => [[code(line.name)], ...shown.map(([, , of]) => [of(line)])]),
      text: shown.flatMap(([, name], i) => (name === 'Verdict' ? [i + 1] : [])),
    },
    ...leftOut(lines.length - METRICS_MAX, 'metrics'),
  ];
}

export function changes({ changes: list, champion }: Summary): readonly Block[] {
  if (list === undefined || champion === undefined) return [];
  if (list.length === 0)
    return [paragraph('Settings and data are those of the champion ', code(champion.uri), '.')];
  return [
    paragraph('Settings and data that differ from the champion ', code(champion.uri), ':'),
    {
      kind: 'table',
      head: ['', 'Champion', 'Now'],
      rows: list.map(({ what, champion: then, now }) => [[what], [code(then)], [code(now)]]),
      text: [1, 2],
    },
  ];
}

export function sweep({ sweep: found }: Summary): readonly Block[] {
  if (found === undefined) return [];
  const { select, best, rows } = found;
  const names = varying(rows);
  const first = rows.find(({ candidate }) => candidate === best);
  const chosen = names.map((name) => `${name}=${first?.settings[name] ?? 'none'}`).join(', ');
  return [
    paragraph(
      `The best of ${rows.length} candidates by `,
      code(select),
      ': ',
      code(chosen || `candidate ${best}`),
      '.',
    ),
    {
      kind: 'details',
      title: 'Candidates',
      blocks: [
        {
          kind: 'table',
          head: ['Candidate', ...names, 'Value', 'Problem'],
          rows: rows
            .slice(0, SWEEP_ROWS_MAX)
            .map(({ candidate, settings, value, problem }) => [
              [candidate === best ? { strong: String(candidate) } : String(candidate)],
              ...names.map((name): Line => [String(settings[name] ?? 'none')]),
              [shownMetric(value)],
              [problem === undefined ? '' : code(problem)],
            ]),
          text: [names.length + 2],
        },
        ...leftOut(rows.length - SWEEP_ROWS_MAX, 'candidates'),
        ...sweepChart(found, names),
      ],
    },
  ];
}

function varying(rows: NonNullable<Summary['sweep']>['rows']): readonly string[] {
  const names = Object.keys(rows[0]?.settings ?? {});
  return names.filter((name) => new Set(rows.map(({ settings }) => settings[name])).size > 1);
}

export function drift({ drift: columns }: Summary): readonly Block[] {
  if (columns === undefined || columns.length === 0) return [];
  const sorted = [...columns].sort((a, b) => b.psi - a.psi);
  const moved = columns.filter(({ warning }) => warning).length;
  return [
    {
      kind: 'details',
      title: `Drift: ${moved} of ${columns.length} columns have moved since the training`,
      blocks: [
        {
          kind: 'table',
          head: ['Column', 'Population stability index', ''],
          rows: sorted
            .slice(0, DRIFT_ROWS_MAX)
            .map(({ column, psi, warning }) => [
              [code(column)],
              [shownMetric(psi)],
              [warning ? 'drifted' : ''],
            ]),
          text: [2],
        },
        ...leftOut(columns.length - DRIFT_ROWS_MAX, 'columns'),
      ],
    },
  ];
}

export function leftOut(count: number, what: string): readonly Block[] {
  return count > 0 ? [paragraph(`${count} more ${what}.`)] : [];
}

function valueText(value: number | boolean | null): string {
  if (value === null) return 'undefined';
  return typeof value === 'boolean' ? String(value) : shownMetric(value);
}

function rangeText([low, high]: readonly [number, number]): string {
  return `${shownMetric(low)} to ${shownMetric(high)}`;
}

function signed(value: number): string {
  return value > 0 ? `+${shownMetric(value)}` : shownMetric(value);
}
