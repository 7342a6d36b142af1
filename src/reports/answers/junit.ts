import { shownMetric } from '../plots/text.ts';
import { wellFormed } from './blocks.ts';
import type { Summary } from './summary.ts';

interface TestCase {
  readonly name: string;
  readonly outcome?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly type: string;
    readonly message: string;
  };
  readonly out: readonly string[];
}

/**
 * Writes a JUnit report: one case for the work itself, one for the warnings about the data, and one for each gate. A gate that
 * only warns and does not hold is skipped. GitLab compares branches by the names of cases, so names have no values in them.
 */
export function junit(summary: Summary): string {
  const cases = casesOf(summary);
  const count = (kind: string) => cases.filter(({ outcome }) => outcome?.kind === kind).length;
  const className = `trainpost.${summary.experiment}`;
  const time = summary.seconds === undefined ? {} : { time: summary.seconds.toFixed(3) };
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'trainpost', ...counts, ...time })}>`,
    `<testsuite${attributes({ name: className, ...counts, skipped: count('skipped'), ...time })}>`,
    ...cases.map((one) => caseText(one, className)),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(summary: Summary): readonly TestCase[] {
  const { gate } = summary;
  const taken = new Map<string, number>();
  const gates = (gate?.gates ?? []).map(({ expression, state, values }): TestCase => {
    const nth = (taken.get(expression) ?? 0) + 1;
    taken.set(expression, nth);
    const shown = Object.entries(values).map(([name, value]) => `${name} = ${valueText(value)}`);
    const message = shown.length === 0 ? 'The gate does not hold.' : shown.join(', ');
    return {
      name: nth === 1 ? expression : `${expression} (${nth})`,
      ...(state === 'failed' && { outcome: { kind: 'failure', type: 'gate_failed', message } }),
      ...(state === 'warned' && { outcome: { kind: 'skipped', type: 'gate_warned', message } }),
      out: shown,
    };
  });
  return [workCase(summary), ...dataCases(summary), ...gates];
}

/** Whether the training took place. A gate that fails has a case of its own. */
function workCase({ kind, problem, verdict, metrics }: Summary): TestCase {
  const isOwn = problem === undefined || problem.code === 'gate_failed';
  const lines = metrics.map(({ name, test }) => `${name} = ${valueText(test)}`);
  return {
    name: kind,
    ...(!isOwn && { outcome: { kind: 'error', type: problem.code, message: problem.detail } }),
    out: [
      ...verdict.map(withoutMarks),
      ...lines,
      ...(isOwn ? [] : problem.help.map(([name, value]) => `${name}: ${value}`)),
    ],
  };
}

/** Nothing is known of the data if there is only a problem. */
function dataCases({ warnings, problem }: Summary): readonly TestCase[] {
  if (problem?.isAll) return [];
  return [{ name: 'data', out: warnings.map(({ code, message }) => `${code}: ${message}`) }];
}

function caseText({ name, outcome, out }: TestCase, classname: string): string {
  const children = [
    ...(outcome === undefined
      ? []
      : [`<${outcome.kind}${attributes({ type: outcome.type, message: outcome.message })}/>`]),
    ...(out.length === 0 ? [] : [`<system-out>${xmlText(out.join('\n'))}</system-out>`]),
  ];
  const start = `<testcase${attributes({ classname, name })}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</testcase>`;
}

/** Marks of direction around a name mean nothing to a viewer of test reports. */
function withoutMarks(text: string): string {
  return text.replaceAll(/[\u2068\u2069]/g, '');
}

function valueText(value: number | boolean | null): string {
  if (value === null) return 'undefined';
  return typeof value === 'boolean' ? String(value) : shownMetric(value);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${xmlText(String(value)).replaceAll(/[\t\n]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`,
    )
    .join('');
}

/** Characters that XML 1.0 does not have (section 2.2). A carriage return would be read as a line end. */
const NO_XML = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xmlText(text: string): string {
  return wellFormed(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(NO_XML, '\ufffd')
    .replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]!);
}
