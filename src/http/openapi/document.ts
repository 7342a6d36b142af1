import { PROBLEM_TYPE } from '../problem.ts';
import { type AnswerName, answerSchemas, type Json, refTo } from './components.ts';
import { HEADERS, headerRefs, OF_EVERY_ANSWER } from './headers.ts';
import { ROUTES } from './paths/index.ts';
import type { Route, RouteAnswer, RouteExample } from './paths/route.ts';
import {
  ANYWHERE,
  FORMS,
  formProblemResponses,
  problemForms,
  problemRef,
  problemResponses,
  problemSchemas,
} from './problems.ts';

/** The version of the interface. Keys and fields may be added without a new one. */
const INTERFACE_VERSION = '1.0.0';

const FORM_TYPE = 'multipart/form-data';

const DESCRIPTION = `POST a CSV, get scikit-learn's numbers and a model in MLflow that Python loads.

An error is \`application/problem+json\`. Its \`code\` stays the same in later versions, and its \`type\` leads to an explanation:
[all codes](docs/errors). Later versions may add keys to answers.`;

/** Makes the OpenAPI 3.1 document from the schemas of answers, the table of fields and the codes. */
export function openapiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'trainpost',
      version: INTERFACE_VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // Relative to this document, so that it holds behind a proxy with a path of its own.
    servers: [{ url: '.' }],
    tags: ['Trainings', 'Runs', 'Models', 'Jobs', 'Deliveries', 'Service'].map((name) => ({ name })),
    // A service without TRAINPOST_TOKEN needs no token.
    security: [{ token: [] }, {}],
    paths: pathsOf(ROUTES),
    components: {
      schemas: { ...answerSchemas(), ...problemSchemas() },
      responses: {
        ...problemResponses(),
        ...formProblemResponses(ROUTES.filter(({ hasForms }) => hasForms).flatMap(problemStatuses)),
      },
      headers: HEADERS,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The value of `TRAINPOST_TOKEN`, if it is set.',
        },
      },
    },
  };
}

function pathsOf(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return paths;
}

function problemStatuses({ answers, problems, isOpen }: Route): number[] {
  const statuses = [...ANYWHERE, ...problems, ...(isOpen ? [] : [401])];
  return statuses.filter((status) => answers[status] === undefined);
}

function operationOf(route: Route): Json {
  const { id, tag, summary, description, parameters, body, answers, examples = [] } = route;
  const statuses = problemStatuses(route);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(route.isOpen && { security: [] }),
    ...(parameters !== undefined && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: bodyOf(body, examples) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          responseOf(Number(status), answer, route),
        ]),
      ),
      ...Object.fromEntries(statuses.map((status) => [status, problemOf(status, route)])),
    },
  };
}

function bodyOf(body: NonNullable<Route['body']>, examples: readonly RouteExample[]): Json {
  return Object.fromEntries(
    Object.entries(body).map(([type, schema]) => [
      type,
      {
        schema,
        ...examplesOf(examples, (one) => (one.body?.type === type ? one.body.value : formIn(type, one))),
      },
    ]),
  );
}

function formIn(type: string, { form }: RouteExample): Json | undefined {
  return type === FORM_TYPE ? form : undefined;
}

function responseOf(status: number, answer: RouteAnswer, { examples = [], hasForms }: Route): Json {
  const { description, json, type, isBareText, headers = [], links } = answer;
  const content = {
    ...(json && { 'application/json': { schema: oneOf(json) } }),
    ...(hasForms && FORMS),
    ...(type !== undefined && {
      [type]: isBareText
        ? {}
        : { schema: type === 'application/json' ? { type: 'object' } : { type: 'string' } },
    }),
    // The route's own answer and the problems of a service that shuts down have one status.
    ...(json &&
      status >= 400 && { [PROBLEM_TYPE]: { schema: { $ref: `#/components/schemas/Problem${status}` } } }),
  };
  return {
    description,
    headers: headerRefs([...OF_EVERY_ANSWER, ...headers]),
    ...(Object.keys(content).length > 0 && { content: withExamples(content, status, examples) }),
    ...(links && { links }),
  };
}

/** The content of a response, with the examples of its status at their types. */
function withExamples(content: Json, status: number, examples: readonly RouteExample[]): Json {
  return Object.fromEntries(
    Object.entries(content as Record<string, Json>).map(([type, described]) => [
      type,
      { ...described, ...examplesOf(examples, (one) => answerAt(status, type, one)) },
    ]),
  );
}

function answerAt(status: number, type: string, example: RouteExample): Json | string | undefined {
  return example.status === status && answerType(example) === type ? example.answer : undefined;
}

/** The type of the answer to an example. */
export function answerType({ status, type }: Pick<RouteExample, 'status' | 'type'>): string {
  return type ?? (status >= 400 ? PROBLEM_TYPE : 'application/json');
}

function oneOf(names: readonly AnswerName[]): Json {
  const [only, ...others] = names.map(refTo);
  return others.length === 0 && only !== undefined ? only : { anyOf: names.map(refTo) };
}

/** A reference to the problems of the status; the whole response if an example shows one. */
function problemOf(status: number, { examples = [], hasForms }: Route): Json {
  if (!examples.some((one) => one.status === status)) return problemRef(status, hasForms);
  const { content, ...response } = problemResponses()[`Problem${status}`] as { content: Json };
  const all = { ...content, ...(hasForms && problemForms(status)) };
  return { ...response, content: withExamples(all, status, examples) };
}

function examplesOf(
  examples: readonly RouteExample[],
  shownOf: (one: RouteExample) => Json | string | undefined,
): Json {
  const shown = examples.flatMap((one) => {
    const value = shownOf(one);
    return value === undefined ? [] : [[one.name, { summary: one.summary, value }] as const];
  });
  return shown.length === 0 ? {} : { examples: Object.fromEntries(shown) };
}
