import { useSignal } from '@preact/signals';
import type { ModelInfoAnswer, PredictionsAnswer } from '../../client.ts';
import { FaultBox, FieldFault } from '../parts/fault.tsx';
import { type Fault, faultOf, service } from '../service.ts';
import { fieldOf, isOutside, type RowField, rowOf } from './form.ts';
import { RowAnswer } from './rowAnswer.tsx';

interface Answered {
  readonly label: PredictionsAnswer['predictions'][number];
  readonly explained: PredictionsAnswer;
}

type State =
  | { readonly is: 'empty' | 'busy' }
  | { readonly is: 'answered'; readonly answer: Answered }
  | { readonly is: 'refused'; readonly fault: Fault };

/** A form with a field for each column of the model, and what the model says of the row. No value goes into the URL. */
export function RowPart({ model }: { readonly model: ModelInfoAnswer }) {
  const fields = model.columns.map(fieldOf);
  const values = useSignal<Readonly<Record<string, string>>>({});
  const now = useSignal<State>({ is: 'empty' });
  const fault = now.value.is === 'refused' ? now.value.fault : undefined;
  const faultField = fields.find(({ name }) => name === fault?.column);
  const send = async (event: Event) => {
    event.preventDefault();
    now.value = { is: 'busy' };
    try {
      now.value = { is: 'answered', answer: await ask(model.uri, rowOf(fields, values.peek())) };
    } catch (error) {
      now.value = { is: 'refused', fault: faultOf(error) };
    }
  };
  return (
    <section class="stack">
      <h2>One row</h2>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <div class="columns">
          {fields.map((field, i) => (
            <RowInput
              key={field.name}
              id={`row-${i}`}
              field={field}
              isOutside={isOutside(model.columns[i]!, values.value[field.name] ?? '')}
              fault={field === faultField ? fault : undefined}
              value={values.value[field.name] ?? ''}
              onValue={(value) => {
                values.value = { ...values.peek(), [field.name]: value };
              }}
            />
          ))}
        </div>
        <div class="row">
          <button type="submit" class="primary" disabled={now.value.is === 'busy'}>
            Predict
          </button>
          <button
            type="button"
            onClick={() => {
              values.value = examples(fields);
            }}
          >
            Fill in an example
          </button>
        </div>
      </form>
      {fault && faultField === undefined && <FaultBox fault={fault} />}
      <div aria-live="polite">
        {now.value.is === 'answered' && <RowAnswer model={model} {...now.value.answer} />}
      </div>
    </section>
  );
}

async function ask(model: string, row: ReturnType<typeof rowOf>): Promise<Answered> {
  const [plain, explained] = await Promise.all([
    service.predictRows([row], { model }),
    service.predictRows([row], { model, proba: true, explain: true }),
  ]);
  return { label: plain.predictions[0]!, explained };
}

function examples(fields: readonly RowField[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.map(({ name, placeholder, choices }) => [name, placeholder || (choices[0] ?? '')]),
  );
}

interface RowInputProps {
  readonly id: string;
  readonly field: RowField;
  readonly isOutside: boolean;
  readonly fault: Fault | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function RowInput({ id, field, isOutside, fault, value, onValue }: RowInputProps) {
  const { name, kind, help, placeholder, choices } = field;
  const shared = {
    id,
    'aria-describedby': `${id}-hint${fault ? ` ${id}-fault` : ''}`,
    'aria-invalid': fault !== undefined,
  };
  return (
    <div class="field">
      <label class="label" for={id} dir="auto">
        {name}
      </label>
      {kind === 'choice' ? (
        <select {...shared} value={value} onChange={({ currentTarget }) => onValue(currentTarget.value)}>
          <option value="" />
          {choices.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          placeholder={placeholder}
          value={value}
          list={choices.length > 0 ? `${id}-list` : undefined}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
        />
      )}
      {kind === 'text' && choices.length > 0 && (
        <datalist id={`${id}-list`}>
          {choices.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {fault && <FieldFault id={`${id}-fault`} fault={fault} />}
      <p class="hint" id={`${id}-hint`}>
        {help} {isOutside && <strong>The model has seen no such value.</strong>}
      </p>
    </div>
  );
}
