import type { DeliveryPort } from '../training/deliveryPort.ts';
import type { DeliveryView } from '../values/delivery.ts';
import type { Backlog } from './backlog.ts';
import type { JobKind, JobView } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { viewOfDelivery, viewOfStored } from './jobViews.ts';
import type { Registry } from './registry.ts';

interface BoardOptions {
  readonly registry: Registry;
  readonly store: JobStore;
  readonly backlog: Pick<Backlog, 'placeOf'>;
  readonly deliveries: Pick<DeliveryPort, 'find' | 'list'>;
  /** The kind of the job whose run a delivery brings to MLflow. */
  readonly kindOf: (delivery: DeliveryView) => JobKind;
}

/** Deliveries that the list of jobs shows, besides the jobs under way. */
const DELIVERED_STATES = ['pending', 'dead', 'delivered'] as const;

/** Shows jobs: those of this process, those on disk, and those whose runs are accepted. */
export class JobBoard {
  readonly #options: BoardOptions;

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /** The job as this process sees it, without its delivery; undefined if no such job is under way here. */
  peek(id: string): JobView | undefined {
    const { registry, backlog } = this.#options;
    return registry.get(id)?.view(backlog.placeOf(id));
  }

  /** @param id may be any text */
  async find(id: string): Promise<JobView | undefined> {
    const { registry, deliveries, store, kindOf } = this.#options;
    const job = registry.get(id);
    if (job !== undefined && !job.isAccepted) return this.peek(id);
    const delivery = await deliveries.find(id);
    const stored = delivery === undefined ? store.find(id) : undefined;
    if (stored !== undefined) return viewOfStored(stored);
    return delivery && viewOfDelivery(delivery, job?.kind ?? kindOf(delivery));
  }

  /** Lists the jobs, the newest first. */
  async list(): Promise<readonly JobView[]> {
    const { registry, deliveries, store, kindOf } = this.#options;
    const lists = await Promise.all(DELIVERED_STATES.map((state) => deliveries.list(state)));
    const accepted = lists.flat().map((delivery) => viewOfDelivery(delivery, kindOf(delivery)));
    const known = new Set(accepted.map(({ id }) => id));
    const here = registry.all().filter(({ id }) => !known.has(id));
    for (const { id } of here) known.add(id);
    const stored = store.all().filter(({ id }) => !known.has(id));
    const views = here.map(({ id }) => this.peek(id)!);
    return [...views, ...stored.map(viewOfStored), ...accepted].sort(
      (a, b) => b.acceptedAtMs - a.acceptedAtMs,
    );
  }
}
