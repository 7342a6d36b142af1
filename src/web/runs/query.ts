import type { ListedRunAnswer, RunsOptions } from '../../client.ts';
import type { Order } from '../parts/dataTable.tsx';
import { differingParams, LEFT_OUT } from './compare.ts';

/** The most runs that are compared: more curves in one plot look too much alike. */
export const PICKS_MAX = 5;
const METRICS_MAX = 4;
const PARAMS_MAX = 3;
/** The metrics that say most come first, as far as runs have them. */
const FIRST = ['test_roc_auc', 'test_accuracy_score', 'test_f1_score', 'test_log_loss'];
const RUN_ID = /^[\w-]+$/;

/** An order in MLflow's syntax, such as ``metrics.`test_roc_auc` DESC``. */
export function orderText({ by, isDescending }: Order): string {
  return `${by} ${isDescending ? 'DESC' : 'ASC'}`;
}

export function orderOf(text: string): Order | undefined {
  const [, by, word] = /^(.+) (ASC|DESC)$/.exec(text) ?? [];
  return by === undefined ? undefined : { by, isDescending: word === 'DESC' };
}

/** Asks for some runs by their ids. A text that is no id is left out. */
export function filterOf(ids: readonly string[]): string {
  const quoted = ids.filter((id) => RUN_ID.test(id)).map((id) => `'${id}'`);
  return `attributes.run_id IN (${quoted.join(', ')})`;
}

/** A column of the list that comes from the runs themselves. */
export interface RunColumn {
  /** In MLflow's syntax, so that MLflow can order by it. */
  readonly key: string;
  readonly name: string;
  readonly kind: 'metrics' | 'params';
}

/** The metrics that say most, and the params in which the runs of a page differ. */
export function columnsOf(
  runs: readonly Pick<ListedRunAnswer, 'id' | 'name' | 'params' | 'metrics'>[],
  order: Order | undefined,
): readonly RunColumn[] {
  const names = new Set(runs.flatMap(({ metrics }) => Object.keys(metrics)));
  const others = [...names].filter((name) => !FIRST.includes(name) && !LEFT_OUT.test(name));
  const metrics = [...FIRST.filter((name) => names.has(name)), ...others];
  // A param of a step that only some pipelines have says little in a list.
  const isOfAll = (name: string) => runs.every(({ params }) => params[name] !== undefined);
  const params = differingParams(runs)
    .map(({ name }) => name)
    .filter((name) => !name.includes('__') || isOfAll(name));
  const kept = (kind: RunColumn['kind'], all: readonly string[], most: number) =>
    all
      .map((name): RunColumn => ({ key: `${kind}.\`${name}\``, name, kind }))
      .filter(({ key }, i) => i < most || key === order?.by);
  return [...kept('metrics', metrics, METRICS_MAX), ...kept('params', params, PARAMS_MAX)];
}

/** The address of a list as CSV, relative to the page. */
export function csvPath({
  experiment,
  filter,
  orderBy,
  page,
}: Pick<RunsOptions, 'experiment' | 'filter' | 'orderBy' | 'page'>): string {
  const given = Object.entries({ experiment, filter, order_by: orderBy, page, format: 'csv' });
  const query = new URLSearchParams();
  for (const [name, value] of given) for (const one of [value ?? []].flat()) query.append(name, one);
  return `runs?${query}`;
}
