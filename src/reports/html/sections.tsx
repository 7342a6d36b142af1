import type { ReportData } from '../data.ts';
import { shownMetric, shownNumber } from '../plots/text.ts';
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
} from '../tables.ts';
import { DataTable, Section, Table, Wide } from './parts.tsx';

interface DataProps {
  readonly data: ReportData;
}

/** This model against the champion, on the same test rows. */
function Champion({ data: { champion, metrics } }: DataProps) {
  if (champion === undefined) return null;
  return (
    <>
      <h3>Against the champion</h3>
      <p>
        The champion is <bdi>{champion.uri}</bdi>
        {champion.version !== null && `, version ${champion.version}`}, measured on the same test rows.
      </p>
      <DataTable of={championTable({ metrics })} />
    </>
  );
}

export function Metrics({ data }: DataProps) {
  const { metrics, baseline } = data;
  return (
    <Section title="Metrics">
      <DataTable of={metricTable({ metrics })} />
      {baseline && (
        <p class="soft">
          Always saying <bdi>{baseline.label}</bdi> has an accuracy of {shownMetric(baseline.accuracy)} on the
          test rows.
        </p>
      )}
      <Champion data={data} />
    </Section>
  );
}

export function Gates({ data: { gates = [] } }: DataProps) {
  if (gates.length === 0) return null;
  return (
    <Section title="Gates">
      <DataTable of={gateTable({ gates })} />
    </Section>
  );
}

export function PerClass({ data: { per_class, curves } }: DataProps) {
  const { test } = per_class;
  if (test === undefined) return null;
  return (
    <>
      <h3>Each class, test rows</h3>
      <DataTable of={classTable(test, curves.test)} />
    </>
  );
}

export function CalibrationTable({ data: { curves } }: DataProps) {
  const [first] = curves.test ?? [];
  if (first === undefined || curves.test?.length !== 1) return null;
  return (
    <details>
      <summary>Bins of the calibration</summary>
      <DataTable of={calibrationTable(first)} />
    </details>
  );
}

export function CoefficientTable({ data }: DataProps) {
  return <DataTable of={coefficientTable(data)} />;
}

export function Inference({ data: { inference } }: DataProps) {
  if (inference === undefined) return null;
  return (
    <>
      <h3>Estimates without a penalty</h3>
      <DataTable of={inferenceTable(inference)} />
    </>
  );
}

export function Sweep({ data: { sweep } }: DataProps) {
  return sweep === undefined ? null : <DataTable of={sweepTable(sweep)} />;
}

export function DataSection({ data: { data, file, test_file, target } }: DataProps) {
  return (
    <>
      <p>
        <bdi>{file}</bdi>: {shownNumber(data.rows)} rows, {shownNumber(data.columns.length)} columns. Target:{' '}
        <bdi>{target}</bdi>. {shownNumber(data.train_rows)} training rows, {shownNumber(data.test_rows)} test
        rows
        {test_file !== undefined && (
          <>
            {' '}
            from <bdi>{test_file}</bdi>
          </>
        )}
        .
      </p>
      <p class="soft">SHA-256 of the file begins with {data.digest}.</p>
      <details>
        <summary>Columns</summary>
        <DataTable of={columnTable(data)} />
      </details>
    </>
  );
}

export function Settings({ data }: DataProps) {
  const rows = { ...data.params, ...data.settings };
  return (
    <>
      <Table
        head={['Setting', 'Value']}
        text={[1]}
        rows={Object.entries(rows).map(([name, value]) => [
          name,
          <bdi key={name}>{String(value ?? 'none')}</bdi>,
        ])}
      />
      <p>
        Solver: {data.solver.name}, {shownNumber(data.solver.iterations)} iterations,{' '}
        {data.solver.converged ? 'converged' : 'not converged'}.
      </p>
      <h3>Train it again</h3>
      <Wide>
        <pre>{data.command}</pre>
      </Wide>
      <h3>Pipeline</h3>
      <Wide>
        <pre>{data.pipeline}</pre>
      </Wide>
    </>
  );
}
