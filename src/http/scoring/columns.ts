/** The values of a request before they are checked: named columns, all `rows` long. */
export interface NamedColumns {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
}
