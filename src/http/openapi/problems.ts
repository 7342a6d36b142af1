import { REPRESENTATIONS } from '../answers/representations.ts';
import { CODES_BY_STATUS, type CodeRow, codesOf } from '../codes/index.ts';
import { PROBLEM_TYPE, TITLES } from '../problem.ts';
import { type Json, refTo } from './components.ts';
import { type HeaderName, headerRefs, OF_EVERY_ANSWER, OF_RESULTS } from './headers.ts';

/** Statuses that any request may get, because they are decided before the route. */
export const ANYWHERE: readonly number[] = [400, 403, 408, 413, 417, 431, 500, 503];
/** MLflow rejected a run for good, or a gate failed. The problem comes with everything that was computed. */
const WITH_RESULTS: ReadonlySet<number> = new Set([422, 502]);
const RESULTS = ['RefusedTraining', 'RefusedEvaluation', 'RefusedMeasurement'] as const;
const RETRIED: ReadonlySet<number> = new Set([409, 429, 503]);

/** The response of each status of an error: the problem with the codes of that status. */
export function problemResponses(): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    [...CODES_BY_STATUS].map(([status, rows]) => [nameOf(status), responseOf(status, rows)]),
  );
}

/** The schema of each such problem. */
export function problemSchemas(): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    [...CODES_BY_STATUS].map(([status, rows]) => {
      const whole = refTo('Problem');
      const shape = WITH_RESULTS.has(status) ? { anyOf: [whole, ...RESULTS.map(refTo)] } : whole;
      const codes = rows.flatMap(codesOf);
      return [
        nameOf(status),
        { allOf: [shape, { properties: { status: { const: status }, code: { enum: codes } } }] },
      ];
    }),
  );
}

/** The same responses in every form that a client may choose. */
export function formProblemResponses(statuses: Iterable<number>): Readonly<Record<string, Json>> {
  const plain = problemResponses();
  return Object.fromEntries(
    [...new Set(statuses)].map((status) => {
      const { content, ...response } = plain[nameOf(status)] as { content: Json };
      return [`Form${nameOf(status)}`, { ...response, content: { ...content, ...problemForms(status) } }];
    }),
  );
}

const FORM = { schema: { type: 'string' } };

/** Every form but JSON. */
export const FORMS: Json = Object.fromEntries(
  Object.values(REPRESENTATIONS)
    .filter((type) => type !== REPRESENTATIONS.json)
    .map((type) => [type, FORM]),
);

/** A problem is a table only if there are results in it. */
export function problemForms(status: number): Json {
  if (WITH_RESULTS.has(status)) return FORMS;
  const { markdown, junit, html } = REPRESENTATIONS;
  // No form was asked for that there is.
  return status === 406 ? {} : { [markdown]: FORM, [junit]: FORM, [html]: FORM };
}

export function problemRef(status: number, hasForms?: boolean): Json {
  return { $ref: `#/components/responses/${hasForms ? 'Form' : ''}${nameOf(status)}` };
}

function headersOf(status: number): readonly HeaderName[] {
  if (WITH_RESULTS.has(status)) return OF_RESULTS;
  if (RETRIED.has(status)) return ['Retry-After'];
  return status === 401 ? ['WWW-Authenticate'] : [];
}

function nameOf(status: number): string {
  return `Problem${status}`;
}

function responseOf(status: number, rows: readonly CodeRow[]): Json {
  const lines = rows.map(([code, , happened, todo]) => `- \`${code}\`: ${happened} ${todo}`);
  return {
    description: [`${TITLES[status] ?? 'Error'}.`, '', ...lines].join('\n'),
    headers: {
      ...headerRefs([...OF_EVERY_ANSWER, ...headersOf(status)]),
    },
    content: { [PROBLEM_TYPE]: { schema: { $ref: `#/components/schemas/${nameOf(status)}` } } },
  };
}
