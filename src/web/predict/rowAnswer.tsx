import { useSignal } from '@preact/signals';
import type { ModelInfoAnswer, PredictionsAnswer } from '../../client.ts';
import { Forest } from '../../reports/plots/forest.tsx';
import { isolated, shownMetric, shownNumber } from '../../reports/plots/text.ts';
import { DataTable } from '../parts/dataTable.tsx';
import { sharesOf } from './shares.ts';

interface RowAnswerProps {
  readonly model: ModelInfoAnswer;
  readonly label: PredictionsAnswer['predictions'][number];
  /** Probabilities in the order of the classes, and what each column adds. */
  readonly explained: PredictionsAnswer;
}

/** The class of a row, the probability of each class, and what each column adds to the score. */
export function RowAnswer({ model, label, explained }: RowAnswerProps) {
  const { target, classes } = model;
  const probabilities = explained.predictions[0] as readonly number[];
  const rows = classes.map((one, code) => ({ name: String(one), probability: probabilities[code]! }));
  return (
    <div class="card stack">
      <p class="answer">
        <bdi>{target}</bdi> is probably <strong>{isolated(String(label))}</strong>.
      </p>
      <div class="answer-parts">
        <DataTable
          caption="Probability of each class"
          columns={[
            { name: 'class', title: 'Class', cell: ({ name }) => <bdi>{name}</bdi> },
            {
              name: 'probability',
              title: 'Probability',
              isNumber: true,
              cell: ({ probability }) => shownMetric(probability),
            },
          ]}
          rows={rows}
          keyOf={({ name }) => name}
        />
        {explained.contributions && (
          <SharesPart model={model} label={label} contributions={explained.contributions} />
        )}
      </div>
    </div>
  );
}

interface SharesPartProps extends Pick<RowAnswerProps, 'model' | 'label'> {
  readonly contributions: NonNullable<PredictionsAnswer['contributions']>;
}

/** Two classes have one score: that of the second class. */
function SharesPart({ model: { classes, columns }, label, contributions }: SharesPartProps) {
  const isBinary = classes.length === 2;
  const code = useSignal(isBinary ? 1 : Math.max(0, classes.indexOf(label as (typeof classes)[number])));
  const names = new Set(columns.map(({ name }) => name));
  const { rows, intercept, score } = sharesOf(contributions, 0, names, code.value);
  const name = isolated(String(classes[code.value]));
  return (
    <div class="stack">
      {!isBinary && (
        <label class="field short">
          <span class="label">Shares for class</span>
          <select
            value={String(code.value)}
            onChange={({ currentTarget }) => {
              code.value = Number(currentTarget.value);
            }}
          >
            {classes.map((one, i) => (
              <option key={i} value={String(i)}>
                {String(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="plots">
        <Forest
          title="What each column adds"
          says={`A bar to the right makes class ${name} more probable.`}
          xLabel={`Added to the score of class ${name}`}
          rows={rows}
        />
      </div>
      <p class="hint">
        {`The intercept is ${shownNumber(intercept)}. With all columns, the score of class ${name} is ` +
          `${shownNumber(score)}${isBinary ? `: log odds of a probability of ${shownMetric(1 / (1 + Math.exp(-score)))}` : ''}.`}
      </p>
    </div>
  );
}
