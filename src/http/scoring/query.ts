import { FieldError, quote } from '../../errors.ts';
import { HttpError } from '../problem.ts';
import { refuseUnknownParameters } from '../query.ts';

type Query = Readonly<Record<string, unknown>>;

const FLAGS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** The parameters that both routes for predictions read. */
export const COMMON = ['model', 'explain'] as const;

/** @throws FieldError `unknown_parameter`, `wrong_parameter` */
export function checkQuery(query: Query, allowed: readonly string[]): void {
  refuseUnknownParameters(query, allowed);
  const repeated = Object.keys(query).find((name) => typeof query[name] !== 'string');
  if (repeated === undefined) return;
  const says = `The parameter ${repeated} is given more than once: send it once.`;
  throw new FieldError('wrong_parameter', says, { field: repeated });
}

/** @throws FieldError `wrong_parameter` */
export function flag(query: Query, name: string): boolean {
  const { [name]: given = 'false' } = query;
  const value = FLAGS[String(given).toLowerCase()];
  if (value !== undefined) return value;
  const says = `${name} must be true or false.`;
  throw new FieldError('wrong_parameter', says, {
    field: name,
    value: String(given),
    allowed: ['true', 'false'],
  });
}

/** The address of the model: the parameter `model`, or else the default. @throws HttpError 404 `no_model` */
export function modelOf(query: Query, usual: string | undefined): string {
  const { model } = query;
  const uri = typeof model === 'string' && model !== '' ? model : usual;
  if (uri === undefined) throw noModel();
  return uri;
}

export function noModel(): HttpError {
  return new HttpError(
    404,
    'no_model',
    'No model is named: add ?model=models:/NAME@ALIAS to the address, or set MODEL_URI.',
  );
}

/** @throws FieldError `wrong_parameter` */
export function oneOf<Word extends string>(
  query: Query,
  name: string,
  words: readonly Word[],
  usual: Word,
): Word {
  const { [name]: given = usual } = query;
  const word = words.find((one) => one === given);
  if (word !== undefined) return word;
  const says = `${name} cannot be ${quote(String(given))}: use ${words.join(' or ')}.`;
  throw new FieldError('wrong_parameter', says, { field: name, value: String(given), allowed: words });
}
