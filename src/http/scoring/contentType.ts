import { HttpError } from '../problem.ts';

/** The types that `POST /invocations` reads. */
export type BodyType = 'application/json' | 'text/csv';

const TYPES: readonly string[] = ['application/json', 'text/csv'] satisfies BodyType[];
const PARQUET = 'application/vnd.apache.parquet';

/**
 * Reads the header Content-Type. The only parameter is the charset UTF-8, as in MLflow.
 * @throws HttpError 415 `wrong_content_type`
 */
export function bodyTypeOf(header: string | undefined): BodyType {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  const name = type.toLowerCase();
  if (name === '') throw refused('The request has no Content-Type');
  if (name === PARQUET) throw refused('Parquet cannot be read yet');
  if (!TYPES.includes(name)) throw refused('The type of the body cannot be read');
  if (parameters.some((parameter) => parameter !== '' && !/^charset="?utf-8"?$/i.test(parameter)))
    throw refused('The only parameter of Content-Type can be charset=utf-8');
  return name as BodyType;
}

function refused(says: string): HttpError {
  return new HttpError(415, 'wrong_content_type', `${says}: send ${TYPES.join(' or ')}.`, { allowed: TYPES });
}
