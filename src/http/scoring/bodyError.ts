import { DataError } from '../../errors.ts';
import type { ErrorDetails } from '../../values/errorData.ts';

/** The body of a request for predictions cannot be used, or its values do not fit the model. */
export class BodyError extends DataError {}

/** A body that cannot be read, or has none of the forms. */
export function badBody(says: string, details: ErrorDetails = {}): BodyError {
  return new BodyError('malformed_body', says, details);
}
