import { BodyError } from '../../errors.ts';
import type { ErrorDetails } from '../../values/errorData.ts';

/** A body that cannot be read, or has none of the forms. */
export function badBody(says: string, details: ErrorDetails = {}): BodyError {
  return new BodyError('malformed_body', says, details);
}
