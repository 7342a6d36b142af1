/** The port through which models are read from MLflow; `tracking` implements it. */

/** Where the files of a model are. They do not change. */
export type ModelAddress =
  | { readonly kind: 'version'; readonly name: string; readonly version: string }
  | { readonly kind: 'model'; readonly modelId: string }
  /** A folder of a run's artifacts, as MLflow 2 keeps models. */
  | { readonly kind: 'run'; readonly runId: string; readonly path: string };

export interface ModelRegistry {
  /** Finds the version that an alias points at; undefined if there is no such model or alias. */
  findAlias(name: string, alias: string): Promise<string | undefined>;
  /** Finds a model that a run logged, by its name; undefined if there is none. */
  findOfRun(runId: string, name: string): Promise<ModelAddress | undefined>;
  /** Reads a file of a model's folder; undefined if MLflow does not have the model or the file. */
  readFile(address: ModelAddress, file: string): Promise<string | undefined>;
}
