/** One row of the table in bench/README.md. */
export interface Row {
  readonly what: string;
  /** The result. */
  readonly figure: string;
  /** The limit that the result must reach. */
  readonly bar: string;
  readonly passed: boolean;
  /** Shown below the table, each a sentence. */
  readonly details: readonly string[];
}

/** What a scenario gets: a folder, a seed, and a function that shows progress. */
export interface Stage {
  /** An empty folder, which is removed after the scenario. */
  readonly dir: string;
  readonly seed: number;
  say(line: string): void;
}
