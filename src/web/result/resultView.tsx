import type { ReportData } from '../../reports/data.ts';
import { Links } from '../../reports/html/links.tsx';
import { verdictOf } from '../../reports/verdict.ts';
import { Time } from '../parts/time.tsx';
import { linkWith } from '../state/store.ts';
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
        <div>
          <h2 dir="auto">{name}</h2>
          {report && <Origin report={report} />}
        </div>
        <div class="verdict">
          {verdictOf(facts).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <Links links={links.pages} />
        {links.modelUri !== null && (
          <p>
            <a href={linkWith({ screen: 'predict', model: links.modelUri })}>Predict with this model</a>
          </p>
        )}
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

function Origin({ report }: { readonly report: ReportData }) {
  const { experiment, file, trained_at } = report;
  return (
    <p class="soft">
      Experiment <bdi>{experiment}</bdi>, file <bdi>{file}</bdi>, <Time iso={trained_at} />
    </p>
  );
}
