import type { ReportData } from '../../reports/data.ts';
import { Links } from '../../reports/html/links.tsx';
import { verdictOf } from '../../reports/verdict.ts';
import type { Facts } from './facts.ts';
import type { MlflowLinks } from './mlflowLinks.ts';
import { Coefficients, Curves, Details, Gates, Metrics, Predictions, Sweep, Warnings } from './sections.tsx';

interface ResultViewProps {
  readonly name: string;
  readonly facts: Facts;
  /** Undefined until MLflow has the report, and for a run without one. */
  readonly report?: ReportData | undefined;
  readonly links: MlflowLinks;
}

/** Everything that is known of a result, in the order of the report. */
export function ResultView({ name, facts, report, links }: ResultViewProps) {
  return (
    <div class="sections">
      <section class="stack">
        <h2 dir="auto">{name}</h2>
        <div class="verdict">
          {verdictOf(facts).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <Links links={links.pages} />
      </section>
      <Gates facts={facts} />
      <Metrics facts={facts} />
      {report && <Predictions report={report} />}
      {report && <Curves report={report} />}
      {facts.sweep && <Sweep sweep={facts.sweep} report={report} urls={links.candidates} />}
      {report && <Coefficients report={report} />}
      <Warnings facts={facts} />
      {report && <Details report={report} />}
    </div>
  );
}
