import type { Request } from 'express';
import type { TrainpostError } from '../../errors.ts';
import type { ProblemLine, Summary } from '../../reports/answers/summary.ts';

/** The experiment of a form that names no experiment. */
const DEFAULT_EXPERIMENT = 'Default';

/** A problem as a client reads it that asked for another form than JSON. */
export function problemLine(
  error: TrainpostError & { readonly status: number; readonly answer: unknown },
  title: string,
): ProblemLine {
  const { code, message, status } = error;
  const { retryAfterS, openMessage: _, ...details } = error.details;
  const entries = Object.entries({
    ...details,
    ...(retryAfterS !== undefined && { 'retry after': `${retryAfterS} s` }),
  });
  return {
    status,
    code,
    title,
    // Only JSON has keys.
    detail: message.replace(/ The values are in gate\.$/, ''),
    help: entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
    isAll: error.answer === undefined,
  };
}

/** What is known of a request that was refused: the names in its form, as far as the form was read. */
export function bareSummary({ path, body }: Pick<Request, 'path' | 'body'>): Summary {
  const form: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? body : {};
  const nameOf = (field: string) => {
    const value = form[field];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const registeredModel = nameOf('registered_model');
  return {
    kind: /^\/evaluate/i.test(path) ? 'evaluation' : 'training',
    experiment: nameOf('exp_name') ?? DEFAULT_EXPERIMENT,
    ...(registeredModel !== undefined && { registeredModel }),
    verdict: [],
    isPending: false,
    metrics: [],
    data: [],
    warnings: [],
  };
}
