import { describe } from '../../reports/answers/describe.ts';
import { junit } from '../../reports/answers/junit.ts';
import { markdown, markerOf } from '../../reports/answers/markdown.ts';
import { openMetrics } from '../../reports/answers/openMetrics.ts';
import type { ProblemLine, Summary } from '../../reports/answers/summary.ts';
import type { Representation } from './representations.ts';

/** An answer before it has a form. */
export interface Answer {
  readonly json: object;
  readonly summary: () => Summary;
  readonly csv: () => string;
  /** The text of `report.json`, from which the report is drawn. An answer to a repeated request has none. */
  readonly report?: string;
}

export interface Body {
  readonly type: string;
  readonly text: string;
  /** The `Content-Security-Policy` of a page. */
  readonly policy?: string;
}

/** Writes an answer in a form other than JSON. */
export async function bodyOf(
  kind: Exclude<Representation, 'json'>,
  { summary, csv, report }: Pick<Answer, 'summary' | 'csv' | 'report'>,
  problem?: ProblemLine,
): Promise<Body> {
  const whole = { ...summary(), ...(problem && { problem }) };
  switch (kind) {
    case 'markdown':
      return { type: 'text/markdown; charset=utf-8', text: markdown(markerFor(whole), describe(whole)) };
    case 'junit':
      return { type: 'application/xml; charset=utf-8', text: junit(whole) };
    case 'csv':
      return { type: 'text/csv; charset=utf-8', text: csv() };
    case 'openMetrics':
      return {
        type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
        text: openMetrics(whole),
      };
    case 'html':
      return page(whole, report);
  }
}

/** The report, or a page that says as much as the Markdown. What draws is loaded when the first client asks for a page. */
async function page(summary: Summary, report: string | undefined): Promise<Body> {
  const type = 'text/html; charset=utf-8';
  const drawn = report === undefined ? undefined : await drawnReport(report);
  if (drawn !== undefined) return { type, ...drawn };
  const { answerPage, PAGE_POLICY } = await import('../../reports/answers/page.tsx');
  const text = answerPage(`trainpost ${summary.kind} in ${summary.experiment}`, describe(summary));
  return { type, text, policy: PAGE_POLICY };
}

/** A picture that cannot be drawn must not take the answer from the client. */
async function drawnReport(report: string): Promise<Omit<Body, 'type'> | undefined> {
  try {
    const { reportPage } = await import('../../reports/draw.tsx');
    return reportPage(report);
  } catch {
    return undefined;
  }
}

/** Names the experiment and the registered model, so that a later comment about the same model takes the place of this one. */
function markerFor({ kind, experiment, registeredModel }: Summary): string {
  const names = [experiment, ...(registeredModel === undefined ? [] : [registeredModel])];
  return kind === 'evaluation' ? markerOf('evaluation', ...names) : markerOf(...names);
}
