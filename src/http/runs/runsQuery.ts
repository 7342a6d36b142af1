import type { Request } from 'express';
import { FieldError, quote } from '../../errors.ts';
import type { ListQuery } from '../../training/runsPort.ts';
import { refuseUnknownParameters } from '../query.ts';

/** The experiment of a form that names no experiment. */
const DEFAULT_EXPERIMENT = 'Default';
/** Items of a page, by default and at most. A page of runs must fit into the memory of MLflow, of trainpost and of a browser. */
const MAX_DEFAULT = 50;
export const MAX_MOST = 200;
/** MLflow's longest name of an experiment. */
const NAME_CHARS_MAX = 500;
/** Longer than a filter that a person writes. */
const TEXT_CHARS_MAX = 4_000;
/** Columns that a list is ordered by, one after the other. */
const ORDERS_MAX = 10;
const FORMATS = ['json', 'csv'] as const;

export const LIST_PARAMETERS = ['filter', 'order_by', 'max', 'page'] as const;

/**
 * Reads what to list. An empty text counts as not given.
 * @throws FieldError `wrong_parameter`, `unknown_parameter`
 */
export function readList({ query }: Pick<Request, 'query'>, more: readonly string[] = []): ListQuery {
  refuseUnknownParameters(query, [...LIST_PARAMETERS, ...more]);
  const [filter, page] = [text(query, 'filter'), text(query, 'page')];
  const orderBy = texts(query, 'order_by');
  if (orderBy.length > ORDERS_MAX) {
    throw wrong('order_by', `is given ${orderBy.length} times: give it ${ORDERS_MAX} times at most`);
  }
  return {
    ...(filter !== undefined && { filter }),
    orderBy,
    max: readMax(text(query, 'max')),
    ...(page !== undefined && { page }),
  };
}

/** The name of the experiment. @throws FieldError `wrong_parameter` */
export function readExperiment({ query }: Pick<Request, 'query'>): string {
  return text(query, 'experiment', NAME_CHARS_MAX) ?? DEFAULT_EXPERIMENT;
}

/** The form of the answer that the address names; undefined if `Accept` names it. @throws FieldError `wrong_parameter` */
export function readFormat({ query }: Pick<Request, 'query'>): (typeof FORMATS)[number] | undefined {
  const given = text(query, 'format');
  if (given === undefined) return undefined;
  const format = FORMATS.find((one) => one === given);
  if (format !== undefined) return format;
  throw wrong('format', `cannot be ${quote(given)}: use ${FORMATS.join(' or ')}`, given, FORMATS);
}

function readMax(given: string | undefined): number {
  if (given === undefined) return MAX_DEFAULT;
  const max = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (max >= 1 && max <= MAX_MOST) return max;
  throw wrong('max', `must be a whole number from 1 to ${MAX_MOST}`, given);
}

function text(query: Request['query'], name: string, charsMax = TEXT_CHARS_MAX): string | undefined {
  const [one, ...others] = texts(query, name, charsMax);
  if (others.length > 0) throw wrong(name, 'is given more than once: send it once');
  return one;
}

/** All values of a parameter that are not empty. */
function texts(query: Request['query'], name: string, charsMax = TEXT_CHARS_MAX): readonly string[] {
  const given = [query[name] ?? []].flat();
  return given.flatMap((one) => {
    if (typeof one !== 'string') throw wrong(name, 'must be a text');
    if (one.length > charsMax) {
      throw wrong(name, `has ${one.length} characters: send ${charsMax} at most`, one);
    }
    return one === '' ? [] : [one];
  });
}

function wrong(field: string, says: string, value?: string, allowed?: readonly string[]): FieldError {
  return new FieldError('wrong_parameter', `${field} ${says}.`, {
    field,
    ...(value !== undefined && { value }),
    ...(allowed && { allowed }),
  });
}
