/** MLflow's response to a call that it rejects. */
export class StandInError extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export const absent = (what: string) => new StandInError(404, 'RESOURCE_DOES_NOT_EXIST', `${what} not found`);
export const invalid = (message: string) => new StandInError(400, 'INVALID_PARAMETER_VALUE', message);
export const exists = (what: string) =>
  new StandInError(400, 'RESOURCE_ALREADY_EXISTS', `${what} already exists.`);

/** The value that a filter such as `run_id='x'` requires for a key; undefined if the filter does not name the key. */
export function wanted(filter: string | undefined, key: string): string | undefined {
  const escaped = key.replaceAll('.', '\\.');
  return new RegExp(`${escaped}\\s*=\\s*'([^']*)'`).exec(filter ?? '')?.[1];
}
