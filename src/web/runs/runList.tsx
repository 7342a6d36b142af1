import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { RunsOptions } from '../../client.ts';
import { FaultBox, FieldFault } from '../parts/fault.tsx';
import { useLoaded } from '../parts/loaded.ts';
import { save } from '../parts/save.ts';
import { BASE, type Fault, faultOf, service } from '../service.ts';
import { state } from '../state/store.ts';
import { csvPath } from './query.ts';
import { RunTable } from './runTable.tsx';

interface RunListProps {
  readonly experiment: string;
  /** Stands before the filter. */
  readonly children: ComponentChildren;
}

/** The filter, a page of the runs that fit it, and the way to other pages. */
export function RunList({ experiment, children }: RunListProps) {
  const filter = state.filter.value;
  const orderBy = state.order.value;
  const search: RunsOptions = {
    experiment,
    ...(filter !== '' && { filter }),
    ...(orderBy !== '' && { orderBy }),
  };
  const key = JSON.stringify(search);
  // A page belongs to one search: another search begins with its first page.
  const place = useSignal<{ readonly of: string; readonly pages: readonly string[] }>({ of: key, pages: [] });
  const pages = place.value.of === key ? place.value.pages : [];
  const page = pages.at(-1);
  const query = { ...search, ...(page !== undefined && { page }) };
  const runs = useLoaded(JSON.stringify(query), (signal) => service.runs({ ...query, signal }));
  const isOfFilter = runs.fault?.field === 'filter';
  const list = runs.value?.runs;
  const next = runs.value?.next_page ?? null;
  const goTo = (to: readonly string[]) => {
    place.value = { of: key, pages: to };
  };
  return (
    <>
      <div class="search">
        {children}
        <FilterField key={filter} fault={isOfFilter ? runs.fault : undefined} />
      </div>
      {runs.fault && !isOfFilter && <FaultBox fault={runs.fault} again={runs.again} />}
      {runs.isLoading && list === undefined && <p class="soft">Asking MLflow…</p>}
      {list?.length === 0 && (
        <p role="status">{filter === '' ? 'The experiment has no runs.' : 'No run fits the filter.'}</p>
      )}
      {list && list.length > 0 && (
        <div class="stack" aria-busy={runs.isLoading}>
          <RunTable experiment={experiment} runs={list} />
          <div class="row">
            <CsvLink query={query} />
            {pages.length > 0 && (
              <button type="button" class="quiet" onClick={() => goTo(pages.slice(0, -1))}>
                Page before
              </button>
            )}
            {next !== null && (
              <button type="button" class="quiet" onClick={() => goTo([...pages, next])}>
                Next page
              </button>
            )}
          </div>
        </div>
      )}
    </>
  );
}

/** The filter counts once a person sends it, so that no half of a filter is an error. */
function FilterField({ fault }: { readonly fault: Fault | undefined }) {
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        state.filter.value = String(new FormData(event.currentTarget).get('filter') ?? '').trim();
      }}
    >
      <label class="label" for="filter">
        Filter
      </label>
      <div class="row joined">
        <input
          id="filter"
          name="filter"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder="metrics.test_roc_auc > 0.8 and params.C = '1.0'"
          defaultValue={state.filter.peek()}
          aria-describedby={`filter-hint${fault ? ' filter-fault' : ''}`}
          aria-invalid={fault !== undefined}
        />
        <button type="submit">Filter</button>
      </div>
      {fault && <FieldFault id="filter-fault" fault={fault} />}
      <p class="hint" id="filter-hint">
        MLflow's search syntax: metrics, params, tags and attributes, joined by <code>and</code>.
      </p>
    </form>
  );
}

/** The address works in other programs too. In this tab, the click sends the token along. */
function CsvLink({ query }: { readonly query: RunsOptions }) {
  const fault = useSignal<Fault | undefined>(undefined);
  const load = async () => {
    try {
      fault.value = undefined;
      save('runs.csv', new Blob([await service.runsCsv(query)], { type: 'text/csv' }));
    } catch (error) {
      fault.value = faultOf(error);
    }
  };
  return (
    <span class="hint">
      <a
        href={BASE + csvPath(query)}
        download="runs.csv"
        onClick={(event) => {
          event.preventDefault();
          void load();
        }}
      >
        This table as CSV
      </a>
      {fault.value && <span class="field-fault"> {fault.value.detail}</span>}
    </span>
  );
}
