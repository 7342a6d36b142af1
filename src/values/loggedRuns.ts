/** Runs as MLflow lists them. */

/** A part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for the next part; undefined behind the last one. */
  readonly next?: string;
}

export interface ListedExperiment {
  readonly id: string;
  readonly name: string;
  /** The page of MLflow with its runs. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs?: number;
  readonly updatedAtMs?: number;
}

export interface ListedRun {
  readonly id: string;
  readonly name: string;
  /** MLflow's word, such as `FINISHED`. */
  readonly status: string;
  /** The page of MLflow. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Undefined while the run is under way. */
  readonly endedAtMs?: number;
  readonly user?: string;
  /** The run that this run stands below. */
  readonly parentId?: string;
  readonly params: Readonly<Record<string, string>>;
  /** The last value of each metric; it may be NaN or infinite. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The client's tags, and what trainpost says about the training. MLflow's own tags are left out. */
  readonly tags: Readonly<Record<string, string>>;
  /** The address of the model that the run logged last. */
  readonly modelUri?: string;
  readonly hasReport: boolean;
}
