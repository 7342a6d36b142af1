import { Fragment } from 'preact';
import type { ListedRunAnswer } from '../../client.ts';
import { shownMetric } from '../../reports/plots/text.ts';
import { type Column, DataTable } from '../parts/dataTable.tsx';
import { Time } from '../parts/time.tsx';
import { linkWith, state } from '../state/store.ts';
import { columnsOf, orderOf, orderText, PICKS_MAX, type RunColumn } from './query.ts';

interface RunTableProps {
  readonly experiment: string;
  readonly runs: readonly ListedRunAnswer[];
}

/** The runs of a page. MLflow sorts them, so that the order counts for all pages. */
export function RunTable({ experiment, runs }: RunTableProps) {
  const order = orderOf(state.order.value);
  return (
    <DataTable
      caption={`Runs of ${experiment}`}
      isCaptionHidden
      columns={[
        nameColumn(),
        { name: 'attributes.start_time', title: 'Started', isSortable: true, cell: started },
        ...columnsOf(runs, order).map(valueColumn),
      ]}
      rows={runs}
      keyOf={({ id }) => id}
      order={order}
      onOrder={(next) => {
        state.order.value = orderText(next);
      }}
    />
  );
}

function nameColumn(): Column<ListedRunAnswer> {
  return {
    name: 'attributes.run_name',
    title: 'Run',
    isSortable: true,
    cell: (run) => (
      <span class="pick">
        <Pick {...run} />
        <span>
          {run.report === null ? (
            <bdi>{run.name}</bdi>
          ) : (
            <a href={linkWith({ screen: 'result', run: run.id })}>
              <bdi>{run.name}</bdi>
            </a>
          )}{' '}
          <a
            class="hint"
            href={run.url}
            target="_blank"
            rel="noopener noreferrer"
            aria-label={`${run.name} in MLflow`}
          >
            MLflow
          </a>
          {run.status !== 'FINISHED' && <span class="hint"> {run.status.toLowerCase()}</span>}
          {run.parent_id !== null && <span class="hint"> candidate</span>}
        </span>
      </span>
    ),
  };
}

/** Ticks a run for the comparison. */
function Pick({ id, name }: Pick<ListedRunAnswer, 'id' | 'name'>) {
  const picked = state.picked.value;
  const isPicked = picked.includes(id);
  return (
    <input
      type="checkbox"
      aria-label={`Compare ${name}`}
      checked={isPicked}
      disabled={!isPicked && picked.length >= PICKS_MAX}
      onChange={({ currentTarget }) => {
        const others = state.picked.peek().filter((one) => one !== id);
        state.picked.value = currentTarget.checked ? [...others, id] : others;
      }}
    />
  );
}

function valueColumn({ key, name, kind }: RunColumn): Column<ListedRunAnswer> {
  return {
    name: key,
    title: <Breakable text={name} />,
    isNumber: kind === 'metrics',
    isSortable: true,
    cell: (run) =>
      kind === 'metrics' ? shownMetric(run.metrics[name]) : <bdi>{run.params[name] ?? '–'}</bdi>,
  };
}

function started({ started_at }: ListedRunAnswer) {
  return started_at === null ? '–' : <Time iso={started_at} />;
}

/** A name that may be broken into lines behind its underscores. */
function Breakable({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=_)/);
  return (
    <span class="breakable">
      {parts.map((part, i) => (
        <Fragment key={i}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}
