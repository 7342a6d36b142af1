import type { MetricRow, ReportData } from '../data.ts';
import { shownMetric, shownNumber } from '../plots/text.ts';
import { Section, Table, Wide } from './parts.tsx';

interface DataProps {
  readonly data: ReportData;
}

const VERDICTS = {
  better: 'better',
  no_difference: 'no difference',
  worse_within_noise: 'worse, within noise',
  significantly_worse: 'significantly worse',
} as const;

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
      <Table
        head={['Metric', 'This model', 'Champion', 'Difference', '95 % interval', 'Verdict']}
        text={[5]}
        rows={metrics.map((one) => [
          one.name,
          shownMetric(one.test),
          shownMetric(one.champion),
          shownMetric(one.difference),
          rangeOf(one.difference_low, one.difference_high),
          one.verdict ? VERDICTS[one.verdict] : '–',
        ])}
      />
    </>
  );
}

function rangeOf(low: number | null | undefined, high: number | null | undefined): string {
  return typeof low === 'number' && typeof high === 'number'
    ? `${shownMetric(low)} to ${shownMetric(high)}`
    : '–';
}

export function Metrics({ data }: DataProps) {
  const { metrics, baseline } = data;
  const hasFolds = metrics.some(({ cv_mean }) => cv_mean !== undefined);
  const hasIntervals = metrics.some(({ test_low }) => test_low !== undefined);
  const row = ({ name, train, test, test_low, test_high, cv_mean, cv_std }: MetricRow) => [
    name,
    shownMetric(test),
    ...(hasIntervals ? [rangeOf(test_low, test_high)] : []),
    shownMetric(train),
    ...(hasFolds ? [`${shownMetric(cv_mean)} ± ${shownMetric(cv_std)}`] : []),
  ];
  return (
    <Section title="Metrics">
      <Table
        head={[
          'Metric',
          'Test',
          ...(hasIntervals ? ['95 % interval'] : []),
          'Training',
          ...(hasFolds ? ['Folds'] : []),
        ]}
        rows={metrics.map(row)}
      />
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

const SIGNS = { passed: '✓', failed: '✗', warned: '⚠' } as const;

/** Each gate with the values that it needs. */
export function Gates({ data: { gates = [] } }: DataProps) {
  if (gates.length === 0) return null;
  const valuesOf = ({ values }: (typeof gates)[number]) =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${typeof value === 'boolean' ? value : shownMetric(value)}`)
      .join(', ');
  return (
    <Section title="Gates">
      <Table
        head={['Gate', 'State', 'Values']}
        text={[1, 2]}
        rows={gates.map((gate) => [
          gate.expression,
          `${SIGNS[gate.state]}\u00a0${gate.state}`,
          valuesOf(gate),
        ])}
      />
    </Section>
  );
}

export function PerClass({ data: { per_class, curves } }: DataProps) {
  const { test } = per_class;
  // With two classes, the legends of the curves have these numbers.
  const areas = curves.test !== undefined && curves.test.length > 2 ? curves.test : undefined;
  if (test === undefined) return null;
  return (
    <>
      <h3>Each class, test rows</h3>
      <Table
        head={[
          'Class',
          'Precision',
          'Recall',
          'F1',
          'Rows',
          ...(areas ? ['ROC AUC', 'Average precision', 'Brier score'] : []),
        ]}
        rows={test.map(({ label, precision, recall, f1, support }, i) => [
          label,
          shownMetric(precision),
          shownMetric(recall),
          shownMetric(f1),
          shownNumber(support),
          ...(areas
            ? [areas[i]?.roc_auc, areas[i]?.average_precision, areas[i]?.brier_score].map(shownMetric)
            : []),
        ])}
      />
    </>
  );
}

export function CalibrationTable({ data: { curves } }: DataProps) {
  const [first] = curves.test ?? [];
  if (first === undefined || curves.test?.length !== 1) return null;
  const { mean, share, rows } = first.calibration;
  return (
    <details>
      <summary>Bins of the calibration</summary>
      <Table
        head={['Mean probability', 'Share of the class', 'Rows']}
        rows={mean.map((value, i) => [shownMetric(value), shownMetric(share[i]), shownNumber(rows[i])])}
      />
    </details>
  );
}

export function CoefficientTable({ data: { coefficients } }: DataProps) {
  const hasLabels = coefficients.some(({ label }) => label !== undefined);
  return (
    <Table
      head={[
        'Column',
        ...(hasLabels ? ['Class'] : []),
        'Per unit',
        'Per standard deviation',
        'Odds ratio per unit',
      ]}
      text={hasLabels ? [1] : []}
      rows={coefficients.map(({ term, label, per_unit, per_std, odds_ratio }) => [
        term,
        ...(hasLabels ? [label] : []),
        shownNumber(per_unit),
        shownNumber(per_std),
        shownNumber(odds_ratio),
      ])}
    />
  );
}

export function Inference({ data: { inference } }: DataProps) {
  if (inference === undefined) return null;
  return (
    <>
      <h3>Estimates without a penalty</h3>
      <Table
        head={['Term', 'Estimate', 'Standard error', 'z', 'p', '95 % interval', 'Odds ratio']}
        rows={inference.map((one) => [
          one.term,
          shownNumber(one.estimate),
          shownNumber(one.std_error),
          shownNumber(one.z),
          shownNumber(one.p_value),
          `${shownNumber(one.ci_low)} to ${shownNumber(one.ci_high)}`,
          shownNumber(one.odds_ratio),
        ])}
      />
    </>
  );
}

export function Sweep({ data: { sweep } }: DataProps) {
  if (sweep === undefined) return null;
  const hasFolds = sweep.rows.some(({ std }) => std !== undefined);
  const hasProblems = sweep.rows.some(({ problem }) => problem !== undefined);
  const names = Object.keys(sweep.rows[0]?.settings ?? {});
  const varying = names.filter((name) => new Set(sweep.rows.map(({ settings }) => settings[name])).size > 1);
  return (
    <Table
      head={[
        'Candidate',
        ...varying,
        sweep.select,
        ...(hasFolds ? ['Deviation over the folds'] : []),
        ...(hasProblems ? ['Problem'] : []),
      ]}
      text={[varying.length + (hasFolds ? 3 : 2)]}
      chosen={sweep.rows.findIndex(({ candidate }) => candidate === sweep.chosen)}
      rows={sweep.rows.map(({ candidate, settings, value, std, problem }) => [
        candidate,
        ...varying.map((name) => String(settings[name] ?? 'none')),
        shownMetric(value),
        ...(hasFolds ? [shownMetric(std)] : []),
        ...(hasProblems ? [problem ?? ''] : []),
      ])}
    />
  );
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
        <Table
          head={['Column', 'Type', 'Role', 'Missing', 'Minimum', 'Maximum', 'Mean', 'Standard deviation']}
          text={[1, 2, 3]}
          rows={data.columns.map(({ name, type, role, missing, min, max, mean, std }) => [
            name,
            type,
            role,
            missing ? 'yes' : 'no',
            ...[min, max, mean, std].map(shownNumber),
          ])}
        />
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
