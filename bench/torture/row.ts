/** One row of the table that bench/README.md keeps. */
export interface Row {
  readonly what: string;
  /** What was found. */
  readonly figure: string;
  /** What it is held against. */
  readonly bar: string;
  readonly passed: boolean;
  /** Said below the table when it is not passed, a sentence each. */
  readonly details: readonly string[];
}

/** What a scenario is given: where it may write, and whom it tells how far it is. */
export interface Stage {
  /** An empty folder of its own, which goes away with it. */
  readonly dir: string;
  readonly seed: number;
  say(line: string): void;
}
