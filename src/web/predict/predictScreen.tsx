import type { ModelInfoAnswer } from '../../client.ts';
import { shownMetric, shownNumber } from '../../reports/plots/text.ts';
import { FaultBox, FieldFault } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { type Fault, service } from '../service.ts';
import { state } from '../state/store.ts';
import { FilePart } from './filePart.tsx';
import { RowPart } from './rowPart.tsx';

/** Codes that say that the service does not have this model. Others are about the service or MLflow. */
const OF_THE_MODEL: ReadonlySet<string | undefined> = new Set([
  'no_model',
  'no_such_model',
  'wrong_parameter',
]);

/** Predictions of a logged model: of one row that is typed, or of a file. */
export function PredictScreen() {
  const model = state.model.value;
  const info = useLoaded(model, (signal) => service.model({ ...(model !== '' && { model }), signal }));
  const { value, fault } = info;
  // Nobody has named a model yet, and that is no error.
  const isUnnamed = model === '' && fault?.code === 'no_model';
  const isOfModel = fault !== undefined && (OF_THE_MODEL.has(fault.code) || fault.field === 'model');
  return (
    <div class="sections">
      <section class="stack">
        <ModelField key={model} fault={isOfModel && !isUnnamed ? fault : undefined} />
        {info.isLoading && <p class="soft">Reading the model…</p>}
        {fault && !isOfModel && <FaultBox fault={fault} again={info.again} />}
        {value && <ModelFacts model={value} />}
      </section>
      {value && <RowPart key={`row ${value.uri}`} model={value} />}
      {value && <FilePart key={`file ${value.uri}`} model={value} />}
    </div>
  );
}

/** The address of the model counts once a person sends it. */
function ModelField({ fault }: { readonly fault: Fault | undefined }) {
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        state.model.value = String(new FormData(event.currentTarget).get('model') ?? '').trim();
      }}
    >
      <label class="label" for="model">
        Model
      </label>
      <div class="row joined">
        <input
          id="model"
          name="model"
          type="text"
          autocomplete="off"
          spellcheck={false}
          placeholder="models:/diabetes@champion"
          defaultValue={state.model.peek()}
          aria-describedby={`model-hint${fault ? ' model-fault' : ''}`}
          aria-invalid={fault !== undefined}
        />
        <button type="submit">Open</button>
      </div>
      {fault && <FieldFault id="model-fault" fault={fault} />}
      <p class="hint" id="model-hint">
        <code>models:/NAME@ALIAS</code>, <code>models:/NAME/3</code> or <code>runs:/ID/NAME</code>. An empty
        field is the model of the service's setting MODEL_URI.
      </p>
    </form>
  );
}

function ModelFacts({ model }: { readonly model: ModelInfoAnswer }) {
  const { name, version, target, classes, threshold, trained, columns } = model;
  const facts = {
    ...(name !== null && { Model: version === null ? name : `${name}, version ${version}` }),
    Predicts: target,
    Classes: classes.length <= 4 ? classes.join(', ') : shownNumber(classes.length),
    ...(threshold !== null && { Threshold: shownMetric(threshold) }),
    Columns: shownNumber(columns.length),
    'Training rows': shownNumber(trained.train_rows),
  };
  return (
    <dl class="facts small">
      {Object.entries(facts).map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
