import type { LoadedModel } from '../values/loadedModel.ts';

/** Finds the model that a new model is compared with. */
export interface ChampionPort {
  /**
   * @returns undefined if the registered model does not exist, or has no such alias
   * @throws FieldError `foreign_model` if trainpost cannot read the model; what a call to MLflow throws
   */
  find(registeredModel: string, alias: string): Promise<LoadedModel | undefined>;
  /** The model that `find` found last, without asking MLflow. */
  last(registeredModel: string, alias: string): LoadedModel | undefined;
  /** The metrics that the model's own run logged, by their names in MLflow. */
  loggedMetrics(champion: LoadedModel): Promise<Readonly<Record<string, number>>>;
}
