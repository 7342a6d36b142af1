import type { ModelStore } from '../models/port.ts';
import type { ModelReader } from '../tracking/modelReader.ts';
import type { ChampionPort } from '../training/championPort.ts';
import type { LoadedModel } from '../values/loadedModel.ts';

/** Finds champions in MLflow. A version is loaded once, but its alias is asked for each time, because gates move it. */
export class Champions implements ChampionPort {
  readonly #registry: Pick<ModelReader, 'findAlias' | 'metricsOf'>;
  readonly #models: ModelStore;

  constructor(registry: Pick<ModelReader, 'findAlias' | 'metricsOf'>, models: ModelStore) {
    this.#registry = registry;
    this.#models = models;
  }

  async find(registeredModel: string, alias: string): Promise<LoadedModel | undefined> {
    const version = await this.#registry.findAlias(registeredModel, alias);
    if (version === undefined) return undefined;
    const { model } = await this.#models.load(`models:/${registeredModel}/${version}`);
    return { ...model, place: { ...model.place, uri: `models:/${registeredModel}@${alias}` } };
  }

  async loggedMetrics({ place: { runId } }: LoadedModel): Promise<Readonly<Record<string, number>>> {
    return runId === undefined ? {} : await this.#registry.metricsOf(runId);
  }
}
