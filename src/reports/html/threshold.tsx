import type { ClassCurvesData, ReportData, ThresholdRows } from '../data.ts';
import { shownMetric, shownNumber } from '../plots/text.ts';
import { Table } from './parts.tsx';

/** Thresholds of the table that is there without scripts. */
const SHOWN = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
const DEFAULT_THRESHOLD = 0.5;

/** The last row whose threshold is at least a value: all rows from this value on are counted in it. */
function rowAt({ threshold }: ThresholdRows, value: number): number {
  return threshold.findLastIndex((one) => one >= value);
}

const ratio = (a: number, b: number) => (b === 0 ? '–' : shownMetric(a / b));

/** What other thresholds would come to on the test rows: a table for paper, and a slider. */
export function Thresholds({
  data,
  curves,
}: {
  readonly data: ReportData;
  readonly curves: ClassCurvesData;
}) {
  const { thresholds } = curves;
  if (thresholds.threshold.length === 0) return null;
  const { tp, fp, tn, fn } = thresholds;
  const rows = SHOWN.map((value) => {
    const i = rowAt(thresholds, value);
    const counts = i < 0 ? [0, 0, curves.negatives, curves.positives] : [tp[i]!, fp[i]!, tn[i]!, fn[i]!];
    const [TP, FP, TN, FN] = counts as [number, number, number, number];
    return [value, ...[TP, FP, TN, FN].map(shownNumber), ratio(TP, TP + FP), ratio(TP, TP + FN)];
  });
  return (
    <>
      <h3>Other thresholds</h3>
      <Slider />
      <Table head={['Threshold', 'tp', 'fp', 'tn', 'fn', 'Precision', 'Recall']} rows={rows} />
      <script
        type="application/json"
        id="cuts"
        dangerouslySetInnerHTML={{
          __html: JSON.stringify({ ...thresholds, start: data.threshold?.value ?? DEFAULT_THRESHOLD }),
        }}
      />
    </>
  );
}

const NOW = [
  ['threshold', 'Threshold'],
  ['tp', 'Found (tp)'],
  ['fp', 'False alarms (fp)'],
  ['fn', 'Missed (fn)'],
  ['tn', 'Rightly left (tn)'],
  ['precision', 'Precision'],
  ['recall', 'Recall'],
  ['f1', 'F1'],
  ['accuracy', 'Accuracy'],
  ['cost', 'Cost'],
] as const;

function Slider() {
  return (
    <div class="slider" id="slider" hidden>
      <label>
        Threshold
        <input type="range" id="cut" min="0" max="1" step="1" />
      </label>
      <label>
        A missed row costs as much as this number of false alarms:{' '}
        <input type="number" id="ratio" min="0" step="any" value="1" />{' '}
        <button type="button" id="cheapest">
          Find the cheapest threshold
        </button>
      </label>
      <dl class="now">
        {NOW.map(([id, name]) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd id={`now-${id}`} />
          </div>
        ))}
      </dl>
      <p class="soft">
        The counts are those of the test rows. A threshold that is chosen on them looks better than it is.
      </p>
    </div>
  );
}
