import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ModelInfoAnswer } from '../../client.ts';
import { DataTable } from '../parts/dataTable.tsx';
import { FaultBox } from '../parts/fault.tsx';
import { ProgressBar } from '../parts/progressBar.tsx';
import { save } from '../parts/save.ts';
import { type Fault, faultOf, service } from '../service.ts';
import { type Preview, previewOf } from './preview.ts';
import { receive } from './receive.ts';

const ROWS_SHOWN = 10;
/** Enough for the rows that are shown. */
const PREVIEW_BYTES = 1 << 18;

type State =
  | { readonly is: 'empty' }
  | { readonly is: 'busy'; readonly bytes: number }
  | { readonly is: 'done'; readonly file: Blob; readonly preview: Preview; readonly name: string }
  | { readonly is: 'failed'; readonly fault: Fault };

/** Predictions of a CSV: the same file with more columns, to be saved. */
export function FilePart({ model }: { readonly model: ModelInfoAnswer }) {
  const now = useSignal<State>({ is: 'empty' });
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const file = form.get('file');
    if (!(file instanceof File) || file.name === '') return;
    const controller = new AbortController();
    running.current = controller;
    now.value = { is: 'busy', bytes: 0 };
    try {
      const response = await service.predict(file, {
        model: model.uri,
        explain: form.has('explain'),
        onError: form.has('skip') ? 'null' : 'fail',
        signal: controller.signal,
      });
      const answer = await receive(response, (bytes) => {
        now.value = { is: 'busy', bytes };
      });
      const start = await answer.slice(0, PREVIEW_BYTES).text();
      now.value = {
        is: 'done',
        file: answer,
        preview: previewOf(start, ROWS_SHOWN),
        name: savedName(file.name),
      };
    } catch (error) {
      now.value = controller.signal.aborted ? { is: 'empty' } : { is: 'failed', fault: faultOf(error) };
    }
  };
  const state = now.value;
  return (
    <section class="stack">
      <h2>A file</h2>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <label class="field">
          <span class="label">CSV with the model's columns, in any order</span>
          <input type="file" name="file" accept=".csv,.tsv,.txt,.gz,text/csv" required />
        </label>
        <label class="tick">
          <input type="checkbox" name="explain" />
          <span>Add what each column contributes</span>
        </label>
        <label class="tick">
          <input type="checkbox" name="skip" />
          <span>Leave the new cells empty in rows that cannot be predicted</span>
        </label>
        <div class="row">
          <button type="submit" class="primary" disabled={state.is === 'busy'}>
            Predict the file
          </button>
          {state.is === 'busy' && (
            <button type="button" onClick={() => running.current?.abort()}>
              Cancel
            </button>
          )}
        </div>
      </form>
      {state.is === 'busy' && (
        <ProgressBar
          label="Predictions of the file"
          says={state.bytes === 0 ? 'The service reads the file.' : `${megabytes(state.bytes)} have come.`}
        />
      )}
      {state.is === 'failed' && <FaultBox fault={state.fault} />}
      {state.is === 'done' && <Done {...state} />}
    </section>
  );
}

function Done({ file, preview, name }: Extract<State, { is: 'done' }>) {
  return (
    <div class="stack">
      <div class="row">
        <p role="status">{`The predictions are here: ${megabytes(file.size)}.`}</p>
        <button type="button" class="primary" onClick={() => save(name, file)}>
          {`Save ${name}`}
        </button>
      </div>
      <DataTable
        caption={`The first ${preview.rows.length} rows`}
        columns={columnsOf(preview)}
        rows={preview.rows}
        keyOf={(_, i) => i}
      />
    </div>
  );
}

/** The predictions come first, because the columns of the file may be many. */
function columnsOf({ names }: Preview) {
  const places = [...names.keys()];
  const first = names.lastIndexOf('prediction');
  const ordered = first < 0 ? places : [...places.slice(first), ...places.slice(0, first)];
  return ordered.map((place) => ({
    name: String(place),
    title: <bdi>{names[place]}</bdi>,
    cell: (row: readonly string[]) => <bdi>{row[place]}</bdi>,
  }));
}

/** `rows.csv.gz` comes back unpacked. */
function savedName(name: string): string {
  return `${name.replace(/\.gz$/, '').replace(/\.[^.]*$/, '')}-predicted.csv`;
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
