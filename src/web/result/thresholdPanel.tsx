import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ClassCurvesData, ReportData } from '../../reports/data.ts';
import { ConfusionMatrix } from '../../reports/plots/confusion.tsx';
import { isolated, shownMetric, shownNumber } from '../../reports/plots/text.ts';
import {
  cheapest,
  costOf,
  countsAt,
  DEFAULT_THRESHOLD,
  matrixOf,
  metricsOf,
  placeOf,
} from '../../reports/thresholds.ts';
import { form, open } from '../state/store.ts';

interface ThresholdPanelProps {
  readonly data: Pick<ReportData, 'classes' | 'threshold' | 'positive'>;
  readonly curves: ClassCurvesData;
}

/** What each threshold comes to on the test rows. Only this part is drawn anew when the slider moves. */
export function ThresholdPanel({ data, curves: { label, positives, thresholds } }: ThresholdPanelProps) {
  const last = thresholds.threshold.length - 1;
  const start = Math.max(0, placeOf(thresholds, data.threshold?.value ?? DEFAULT_THRESHOLD));
  const place = useSignal(start);
  const ratioText = useSignal('1');
  const id = useId();
  const ratio = ratioOf(ratioText.value);
  const counts = countsAt(thresholds, place.value);
  const { precision, recall, f1, accuracy } = metricsOf(counts);
  const threshold = thresholds.threshold[place.value]!;
  const shown = threshold.toPrecision(4);
  const cost = shownNumber(costOf(counts, ratio));
  const matrix = matrixOf(counts, data.classes[0] === data.positive);
  return (
    <div class="card threshold">
      <div class="stack">
        <div class="field">
          <label class="label" for={`${id}-cut`}>
            Threshold
          </label>
          <input
            type="range"
            id={`${id}-cut`}
            min={0}
            max={last}
            step={1}
            value={last - place.value}
            aria-valuetext={`threshold ${shown}`}
            onInput={({ currentTarget }) => {
              place.value = last - currentTarget.valueAsNumber;
            }}
          />
        </div>
        <p aria-live="polite">
          {`At ${shown} the model finds ${shownNumber(counts.tp)} of ${shownNumber(positives)} rows of class ` +
            `${isolated(label)}, with ${shownNumber(counts.fp)} false alarms. The cost is ${cost}.`}
        </p>
        <div class="field">
          <label class="label" for={`${id}-ratio`}>
            False alarms that cost as much as one missed row
          </label>
          <div class="row">
            <input
              type="number"
              id={`${id}-ratio`}
              class="short"
              min={0}
              step="any"
              value={ratioText.value}
              onInput={({ currentTarget }) => {
                ratioText.value = currentTarget.value;
              }}
            />
            <button
              type="button"
              onClick={() => {
                place.value = cheapest(thresholds, ratio);
              }}
            >
              Find the cheapest threshold
            </button>
          </div>
        </div>
        <dl class="facts small">
          {Object.entries({ Precision: precision, Recall: recall, F1: f1, Accuracy: accuracy }).map(
            ([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{shownMetric(value)}</dd>
              </div>
            ),
          )}
        </dl>
        <p>
          <button type="button" class="primary" onClick={() => trainWith(threshold)}>
            {`Train with threshold ${shown}`}
          </button>
        </p>
        <p class="hint">
          The counts are those of the test rows. A threshold that is chosen on them looks better than it is.
        </p>
      </div>
      <ConfusionMatrix labels={data.classes} matrix={matrix} of={`test rows at ${shown}`} />
    </div>
  );
}

/** An empty or wrong text counts as 1. */
function ratioOf(text: string): number {
  const ratio = Number.parseFloat(text);
  return ratio >= 0 ? ratio : 1;
}

function trainWith(threshold: number): void {
  form('threshold').value = [String(threshold)];
  open('train');
}
