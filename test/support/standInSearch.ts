import { invalid } from './standInErrors.ts';
import type { StoredRun } from './standInStore.ts';

// biome-ignore lint/suspicious/noExplicitAny: the body of a call is read as MLflow would read it.
type Json = any;

/** The filters of runs that the stand-in knows: tags by value or by a pattern with one % at its end, and params by value. */
const CLAUSE = /^(tags|params)\.`?([^`\s]+)`?\s*(=|LIKE)\s*'([^']*)'$/;
/** The orders that it knows. */
const ORDER = /^metrics\.`?([^`\s]+)`? (ASC|DESC)$/;

/** Whether a run matches a filter of `runs/search`. @throws StandInError in MLflow's words */
export function runFilter(filter: string | undefined): (run: StoredRun) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const [, kind, key = '', how, value = ''] = CLAUSE.exec(filter) ?? [];
  if (how === undefined) throw invalid(`Invalid clause(s) in filter string: '${filter}'`);
  const given = (run: StoredRun) => (kind === 'tags' ? run.tags : run.params).get(key);
  if (how === '=') return (run) => given(run) === value;
  const [start = '', rest] = value.split('%');
  if (rest !== '') throw invalid(`the stand-in knows patterns with one % at their end, not ${value}`);
  return (run) => given(run)?.startsWith(start) ?? false;
}

/** Sorts runs by the first order. @throws StandInError in MLflow's words */
export function inOrder(runs: readonly StoredRun[], [order]: readonly string[] = []): readonly StoredRun[] {
  if (order === undefined) return runs;
  const [, key = '', way] = ORDER.exec(order) ?? [];
  if (way === undefined) throw invalid(`Invalid ordering key in order_by clause '${order}'.`);
  const metricOf = (run: StoredRun) => Number(run.metrics.get(key)?.value);
  const sign = way === 'ASC' ? 1 : -1;
  return [...runs].sort((one, other) => sign * (metricOf(one) - metricOf(other)));
}

/** A page of items. @throws StandInError in MLflow's words */
export function pageOf<Item>(
  items: readonly Item[],
  { max_results: max = 1000, page_token: from = '0' }: Json,
): { readonly page: readonly Item[] | undefined; readonly next: { readonly next_page_token?: string } } {
  if (!/^\d+$/.test(from)) throw invalid('Invalid page token, could not base64-decode');
  const end = Number(from) + max;
  const page = items.slice(Number(from), end);
  return {
    page: page.length === 0 ? undefined : page,
    next: end < items.length && page.length > 0 ? { next_page_token: String(end) } : {},
  };
}
