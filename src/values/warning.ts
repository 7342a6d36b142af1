/** A fact that the client should know, although nothing failed. */
export interface Warning {
  /** Stable, snake_case. */
  readonly code: string;
  readonly message: string;
  /** The column that it is about, if it is about one. */
  readonly column?: string;
}
