import type { ClassCurvesData, ReportData } from '../data.ts';
import { shownMetric, shownNumber } from '../plots/text.ts';
import { countsAt, DEFAULT_THRESHOLD, metricsOf, placeOf } from '../thresholds.ts';
import { Table } from './parts.tsx';

/** Thresholds of the table that is there without scripts. */
const SHOWN = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

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
  const rows = SHOWN.map((value) => {
    const place = placeOf(thresholds, value);
    const counts =
      place < 0 ? { tp: 0, fp: 0, tn: curves.negatives, fn: curves.positives } : countsAt(thresholds, place);
    const { tp, fp, tn, fn } = counts;
    const { precision, recall } = metricsOf(counts);
    return [value, ...[tp, fp, tn, fn].map(shownNumber), shownMetric(precision), shownMetric(recall)];
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
