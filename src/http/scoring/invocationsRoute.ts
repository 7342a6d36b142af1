import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { Router } from 'express';
import type { TableLimits } from '../../data/tableLimits.ts';
import type { FeatureColumn, ModelStore, ReadyModel } from '../../models/port.ts';
import { predictRows } from '../../models/rows.ts';
import { onlyMethods } from '../methods.ts';
import { notes } from '../notes.ts';
import type { DirectRoute, Step } from '../step.ts';
import { type BodyType, bodyTypeOf } from './contentType.ts';
import { readCsv } from './csvBody.ts';
import { featureColumns } from './enforce.ts';
import { readJson } from './json.ts';
import { jsonBody } from './jsonBody.ts';
import { asMlflowError, mlflowErrorOf } from './mlflowError.ts';
import { COMMON, checkQuery, flag, modelOf } from './query.ts';
import { readBody } from './readBody.ts';
import { jsonLabel, probabilityRows, tellAge } from './score.ts';

export interface ScoringOptions {
  /** The model of a request that names none. */
  readonly modelUri?: string;
  /** Most bytes of a body of `POST /invocations`. */
  readonly bodyBytesMax: number;
}

/** What the routes for predictions need. */
export interface ScoringRooms {
  readonly models: ModelStore;
  readonly limits: TableLimits;
}

const PATH = '/invocations';
const PARAMETERS = [...COMMON, 'proba'];
const JSON_TYPE = 'application/json; charset=utf-8';

/** `POST /invocations`: MLflow's scoring protocol. */
export function invocationsRoute(rooms: ScoringRooms, options: ScoringOptions): Router {
  const router = Router();
  router
    .route(PATH)
    .post((request, response) => answer(request, response, request.query, rooms, options))
    .all(onlyMethods('POST'));
  router.use(PATH, asMlflowError);
  return router;
}

/** The same route for requests with exactly its path, without Express's router. @param admit lets a request in */
export function directInvocations(rooms: ScoringRooms, options: ScoringOptions, admit: Step): DirectRoute {
  return {
    takes: ({ method, url = '' }) =>
      method === 'POST' && (url === PATH || (url.startsWith(`${PATH}?`) && !url.includes('#'))),
    answer: async (request, response) => {
      notes(response).route = PATH;
      admit(request, response);
      try {
        await answer(request, response, queryOf(request), rooms, options);
      } catch (cause) {
        throw mlflowErrorOf(cause);
      }
    },
  };
}

/** Parses the query as Express does. */
function queryOf({ url = '' }: IncomingMessage): ReturnType<typeof parse> {
  return url.length === PATH.length ? {} : parse(url.slice(PATH.length + 1));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  query: Readonly<Record<string, unknown>>,
  { models, limits }: ScoringRooms,
  { modelUri, bodyBytesMax }: ScoringOptions,
): Promise<void> {
  checkQuery(query, PARAMETERS);
  const type = bodyTypeOf(request.headers['content-type']);
  const explain = flag(query, 'explain');
  const proba = flag(query, 'proba');
  const uri = modelOf(query, modelUri);
  const bytes = await readBody(request, response, bodyBytesMax);
  const ready = await models.load(uri);
  const body = read(bytes, type, limits, ready);
  notes(response).rows = body.rows;
  tellAge(ready, response);
  response.setHeader('Content-Type', JSON_TYPE);
  response.end(JSON.stringify(predict(ready, body, { explain, proba: proba || body.proba })));
}

/** The features of all rows, checked. */
interface Features {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
  readonly proba: boolean;
}

function read(bytes: Buffer, type: BodyType, limits: TableLimits, { model }: ReadyModel): Features {
  const { features } = model.description;
  if (type === 'application/json') {
    const { input, proba } = jsonBody(readJson(bytes));
    return { rows: input.rows, columns: featureColumns(input, features), proba };
  }
  return { ...readCsv(bytes, limits, features), proba: false };
}

interface Asked {
  readonly explain: boolean;
  readonly proba: boolean;
}

/** The answer: `predictions` as MLflow has it, and `contributions` if they are asked for. */
function predict(ready: ReadyModel, { rows, columns }: Features, { explain, proba }: Asked): object {
  // scikit-learn rejects a table without rows, but no rows have no predictions.
  if (rows === 0) return { predictions: [] };
  const prediction = predictRows(ready.predictor, columns, rows, 1, { explain });
  const predictions = proba
    ? probabilityRows(prediction, rows)
    : prediction.labels.map(jsonLabel(ready.model.description));
  const { contributions } = prediction;
  if (contributions === undefined) return { predictions };
  const { names, values, intercepts } = contributions;
  return {
    predictions,
    contributions: { names, intercepts, values: contributionRows(values, names.length, intercepts.length) },
  };
}

/** For each row one list of contributions, or with several scores a list for each score. */
function contributionRows(values: Float64Array, names: number, scores: number): unknown[] {
  const lists = Array.from({ length: values.length / names }, (_, at) => [
    ...values.subarray(at * names, (at + 1) * names),
  ]);
  if (scores === 1) return lists;
  return Array.from({ length: lists.length / scores }, (_, row) =>
    lists.slice(row * scores, (row + 1) * scores),
  );
}
