import type { ComponentChildren } from 'preact';
import type { ReportData } from '../../reports/data.ts';
import { modelPlots, type NamedPlot, partPlots } from '../../reports/plots/all.tsx';
import { shownMetric } from '../../reports/plots/text.ts';
import {
  calibrationTable,
  championTable,
  classTable,
  coefficientTable,
  columnTable,
  gateTable,
  inferenceTable,
  metricTable,
  sweepTable,
} from '../../reports/tables.ts';
import { SortedTable } from '../parts/reportTable.tsx';
import type { Facts } from './facts.ts';
import { ThresholdPanel } from './thresholdPanel.tsx';

interface SectionProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Section({ title, children }: SectionProps) {
  return (
    <section class="stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface PlotsProps {
  readonly of: readonly NamedPlot[];
}

function Plots({ of }: PlotsProps) {
  return of.length === 0 ? null : (
    <div class="plots">
      {of.map(({ name, plot }) => (
        <div key={name}>{plot}</div>
      ))}
    </div>
  );
}

interface FactsProps {
  readonly facts: Facts;
}

export function Gates({ facts: { gates } }: FactsProps) {
  return gates === undefined || gates.length === 0 ? null : (
    <Section title="Gates">
      <SortedTable table={gateTable({ gates })} file="gates" isCaptionHidden />
    </Section>
  );
}

export function Metrics({ facts }: FactsProps) {
  const { baseline, champion } = facts;
  return (
    <Section title="Metrics">
      <SortedTable table={metricTable(facts)} file="metrics" isCaptionHidden />
      {baseline && (
        <p class="soft">
          Always saying <bdi>{baseline.label}</bdi> has an accuracy of {shownMetric(baseline.accuracy)} on the
          test rows.
        </p>
      )}
      {champion && (
        <>
          <p>
            The champion is <bdi>{champion.uri}</bdi>
            {champion.version !== null && `, version ${champion.version}`}, measured on the same test rows.
          </p>
          <SortedTable table={championTable(facts)} file="champion" />
        </>
      )}
    </Section>
  );
}

interface ReportProps {
  readonly report: ReportData;
}

/** The confusion matrix: with two classes it moves with the threshold. */
export function Predictions({ report }: ReportProps) {
  const { classes, curves, per_class } = report;
  const [first] = curves.test ?? [];
  const isMovable = classes.length === 2 && first !== undefined && first.thresholds.threshold.length > 0;
  const matrices = plotsOf(report, (name) => name.endsWith('confusion_matrix'));
  return (
    <Section title="Right and wrong predictions">
      {isMovable ? <ThresholdPanel data={report} curves={first} /> : <Plots of={matrices} />}
      {per_class.test && (
        <SortedTable table={classTable(per_class.test, curves.test)} file="test_per_class" />
      )}
    </Section>
  );
}

/** Test rows first. */
function plotsOf(report: ReportData, isShown: (name: string) => boolean): readonly NamedPlot[] {
  const plots = [...partPlots(report, 'test'), ...partPlots(report, 'train'), ...modelPlots(report)];
  return plots.filter(({ name }) => isShown(name));
}

export function Curves({ report }: ReportProps) {
  const { test } = report.curves;
  const [first, second] = test ?? [];
  if (first === undefined) return null;
  return (
    <Section title="Curves">
      <Plots of={plotsOf(report, (name) => name.startsWith('test_') && !name.endsWith('confusion_matrix'))} />
      {second === undefined && (
        <details class="stack">
          <summary>Bins of the calibration</summary>
          <SortedTable table={calibrationTable(first)} file="calibration" isCaptionHidden />
        </details>
      )}
      <details>
        <summary>Training rows</summary>
        <Plots of={plotsOf(report, (name) => /^training_(?:roc_curve|calibration)$/.test(name))} />
      </details>
    </Section>
  );
}

export function Coefficients({ report }: ReportProps) {
  return (
    <Section title="Coefficients">
      <Plots of={plotsOf(report, (name) => name.startsWith('coefficients') || name === 'inference')} />
      <details open={report.coefficients.length <= 30}>
        <summary>Table</summary>
        <SortedTable table={coefficientTable(report)} file="coefficients" isCaptionHidden />
      </details>
      {report.inference && <SortedTable table={inferenceTable(report.inference)} file="inference" />}
    </Section>
  );
}

interface SweepProps {
  readonly sweep: NonNullable<Facts['sweep']>;
  readonly report: ReportData | undefined;
  /** Pages of the candidates' runs by their places in the sweep. */
  readonly urls: ReadonlyMap<number, string>;
}

/** The curve, and the candidates with links to their runs. */
export function Sweep({ sweep, report, urls }: SweepProps) {
  const linked = ({ candidate }: (typeof sweep.rows)[number], shown: string) => {
    const url = urls.get(candidate);
    return url === undefined ? (
      shown
    ) : (
      <a href={url} target="_blank" rel="noopener noreferrer" aria-label={`Candidate ${shown} in MLflow`}>
        {shown}
      </a>
    );
  };
  return (
    <Section title="Sweep">
      <div class="beside">
        {report && <Plots of={plotsOf(report, (name) => name === 'sweep')} />}
        <SortedTable table={sweepTable(sweep)} file="sweep" first={linked} isCaptionHidden />
      </div>
    </Section>
  );
}

export function Warnings({ facts: { warnings } }: FactsProps) {
  return warnings.length === 0 ? null : (
    <Section title="Warnings">
      {warnings.map(({ code, message }) => (
        <p class="notice" key={message}>
          <code>{code}</code>: {message}
        </p>
      ))}
    </Section>
  );
}

/** How the model came about, for those who ask. */
export function Details({ report }: ReportProps) {
  const { file, data, target, solver, pipeline } = report;
  return (
    <Section title="File and solver">
      <p>
        <bdi>{file}</bdi>: {data.rows} rows, {data.columns.length} columns. Target: <bdi>{target}</bdi>.{' '}
        {data.train_rows} training rows, {data.test_rows} test rows. Solver: {solver.name},{' '}
        {solver.iterations} iterations, {solver.converged ? 'converged' : 'not converged'}.
      </p>
      <details>
        <summary>Convergence and classes</summary>
        <Plots of={plotsOf(report, (name) => name === 'convergence' || name === 'class_balance')} />
      </details>
      <details>
        <summary>Columns</summary>
        <SortedTable table={columnTable(data)} file="columns" isCaptionHidden />
      </details>
      <details>
        <summary>Pipeline</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll the box. */}
        <pre class="scroll" tabIndex={0}>
          {pipeline}
        </pre>
      </details>
    </Section>
  );
}
