import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openapiDocument } from '../../src/http/openapi/document.ts';
import { HEADERS, OF_EVERY_ANSWER } from '../../src/http/openapi/headers.ts';

interface Described {
  readonly headers?: object;
  readonly content?: object;
}

interface Operation {
  readonly responses: Readonly<Record<string, Described & { readonly $ref?: string }>>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** By their names in lower case; undefined if only the body counts. */
  readonly headers?: Readonly<Record<string, unknown>>;
}

const DOCUMENT = closed(openapiDocument()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Described>> };
};
const PROBLEM = 'application/problem+json';

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(DOCUMENT, 'document');
const compiled = new Map<string, ValidateFunction>();

/** The document, in which no object may have a key that the document does not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const object = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  const isShape = object['type'] === 'object' && object['properties'] !== undefined;
  return isShape && object['additionalProperties'] === undefined
    ? { ...object, additionalProperties: false }
    : object;
}

/** What the document has at a pointer such as `/components/schemas/Problem422`, as a check. */
function checkAt(pointer: string): ValidateFunction {
  let check = compiled.get(pointer);
  if (check === undefined) {
    check = ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, check);
  }
  return check;
}

const escaped = (key: string) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The path of the document that a request's path has, in any case as express takes it; undefined if there is no such path. */
function templateOf(path: string): string | undefined {
  const matches = (template: string) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i').test(path);
  return Object.keys(DOCUMENT.paths).find(matches);
}

/** What the document does not allow about an answer; undefined if it allows the answer. */
export function answerFault(
  { method, path }: { readonly method: string; readonly path: string },
  { status, type, text, headers }: Answer,
): string | undefined {
  const template = templateOf(path);
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  // An open route needs the token if its path is written in another way.
  const isWritten = template !== undefined && (status !== 401 || path === template);
  const operation = isWritten ? DOCUMENT.paths[template]?.[verb] : undefined;
  const response = operation?.responses[status];
  if (operation !== undefined && response === undefined) return `the status ${status} is not in the document`;
  const ref = response?.$ref ?? (type === PROBLEM ? `#/components/responses/Problem${status}` : undefined);
  const name = ref?.split('/').at(-1);
  const described = name === undefined ? response : DOCUMENT.components.responses[name];
  const fault = headers && headerFault(headers, described);
  if (fault !== undefined) return fault;
  if (type === '') return text === '' ? undefined : 'a body without a type';
  const isJson = type === 'application/json' || type === PROBLEM;
  // The files of the pages are no routes that somebody calls.
  if (operation === undefined && !isJson) return undefined;
  const content = described?.content;
  if (content === undefined || !(type in content)) return `${type} is not in the document`;
  if (!isJson || text === '' || !('schema' in (content as Record<string, object>)[type]!)) return undefined;
  const place =
    name === undefined
      ? `/paths/${escaped(template ?? '')}/${verb}/responses/${status}`
      : `/components/responses/${name}`;
  return bodyFault(`${place}/content/${escaped(type)}/schema`, text);
}

/** Every answer has the headers of every answer, and no header of the document that its response does not have. */
function headerFault(
  headers: NonNullable<Answer['headers']>,
  described: Described | undefined,
): string | undefined {
  const missing = OF_EVERY_ANSWER.find((name) => headers[name.toLowerCase()] === undefined);
  if (missing !== undefined) return `the header ${missing} is missing`;
  if (described === undefined) return undefined;
  const more = Object.keys(HEADERS).find(
    (name) => headers[name.toLowerCase()] !== undefined && !(name in (described.headers ?? {})),
  );
  return more === undefined ? undefined : `the header ${more} is not in the document`;
}

function bodyFault(pointer: string, text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `the body is no JSON: ${text.slice(0, 200)}`;
  }
  const check = checkAt(pointer);
  if (check(value)) return undefined;
  return `${ajv.errorsText(check.errors, { separator: '\n  ' })}\n  ${text.slice(0, 2_000)}`;
}

/** Holds every answer of a service against the document. */
export class AnswerCheck {
  readonly faults: string[] = [];
  /** How many answers had a body that was held against a schema. */
  count = 0;

  watched(listener: RequestListener): RequestListener {
    return (request, response) => {
      this.#watch(request, response);
      listener(request, response);
    };
  }

  #watch({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    const { write, end } = response;
    const keep = (chunk: unknown) => {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    };
    response.write = ((chunk: unknown, ...rest: never[]) => {
      keep(chunk);
      return Reflect.apply(write, response, [chunk, ...rest]);
    }) as typeof write;
    response.end = ((chunk: unknown, ...rest: never[]) => {
      keep(chunk);
      return Reflect.apply(end, response, [chunk, ...rest]);
    }) as typeof end;
    response.once('finish', () => {
      this.count++;
      const [path = ''] = url.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/);
      const [type = ''] = String(response.getHeader('Content-Type') ?? '').split(';');
      const text = Buffer.concat(chunks).toString();
      const answer = { status: response.statusCode, type, text, headers: response.getHeaders() };
      const fault = answerFault({ method, path }, answer);
      if (fault !== undefined) this.faults.push(`${method} ${path} ${answer.status}: ${fault}`);
    });
  }

  /** @throws Error if an answer was not as the document says */
  end(): void {
    if (this.faults.length === 0) return;
    const some = [...new Set(this.faults)].slice(0, 10).join('\n');
    throw new Error(`The OpenAPI document does not allow these answers:\n${some}`);
  }
}
