/** One code: what happened, and what to do, in Markdown. docs/errors.md and `GET /docs/errors` show the rows. */
export type CodeRow = readonly [
  /** `invalid_<field>` means one code for each field of the form. */
  code: string,
  /** `retried`: trainpost tries again by itself. Only a request that reads a model gets the code, with 504. Undefined outside of HTTP. */
  status: number | 'retried' | undefined,
  happened: string,
  todo: string,
];
