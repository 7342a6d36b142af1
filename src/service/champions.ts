import type { ModelStore } from '../models/port.ts';
import type { ModelReader } from '../tracking/modelReader.ts';
import type { ChampionPort } from '../training/championPort.ts';
import type { LoadedModel } from '../values/loadedModel.ts';

/** Champions whose place is remembered. */
const CHAMPIONS_MAX = 16;

/** Finds champions in MLflow. A version is loaded once, but its alias is asked for each time, because gates move it. */
export class Champions implements ChampionPort {
  readonly #registry: Pick<ModelReader, 'findAlias' | 'metricsOf'>;
  readonly #models: ModelStore;
  /** By alias; the one that was found last stands last. */
  readonly #found = new Map<string, LoadedModel>();

  constructor(registry: Pick<ModelReader, 'findAlias' | 'metricsOf'>, models: ModelStore) {
    this.#registry = registry;
    this.#models = models;
  }

  async find(registeredModel: string, alias: string): Promise<LoadedModel | undefined> {
    const uri = uriOf(registeredModel, alias);
    const version = await this.#registry.findAlias(registeredModel, alias);
    if (version === undefined) {
      this.#found.delete(uri);
      return undefined;
    }
    const { model } = await this.#models.load(`models:/${registeredModel}/${version}`);
    const champion = { ...model, place: { ...model.place, uri } };
    this.#found.delete(uri);
    this.#found.set(uri, champion);
    const [first] = this.#found.keys();
    if (this.#found.size > CHAMPIONS_MAX) this.#found.delete(first!);
    return champion;
  }

  last(registeredModel: string, alias: string): LoadedModel | undefined {
    return this.#found.get(uriOf(registeredModel, alias));
  }

  async loggedMetrics({ place: { runId } }: LoadedModel): Promise<Readonly<Record<string, number>>> {
    return runId === undefined ? {} : await this.#registry.metricsOf(runId);
  }
}

function uriOf(registeredModel: string, alias: string): string {
  return `models:/${registeredModel}@${alias}`;
}
