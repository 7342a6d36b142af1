import { type Request, type Response, Router } from 'express';
import { quote } from '../../errors.ts';
import type { ReportData } from '../../reports/data.ts';
import type { RunsPort } from '../../training/runsPort.ts';
import { onlyMethods } from '../methods.ts';
import { report as reportSchema } from '../openapi/answers/report.ts';
import { HttpError } from '../problem.ts';
import { refuseUnknownParameters } from '../query.ts';
import { experimentsAnswer, runsAnswer, runsCsv } from './runsAnswer.ts';
import { readExperiment, readFormat, readList } from './runsQuery.ts';

/** MLflow's ids, and those of its other stores. */
const RUN_ID = /^[\w-]{1,64}$/;
const TYPES = ['application/json', 'text/csv'] as const;
/** Clients read no headers that are much longer. */
const LINK_CHARS_MAX = 8_000;

/**
 * `GET /experiments`, `GET /runs` and `GET /runs/<id>/report`: what MLflow has, found by MLflow's own search, and the numbers
 * behind the report of a run.
 */
export function runsRoute(port: RunsPort): Router {
  const router = Router();
  router
    .route('/experiments')
    .get(async (request, response) => {
      const page = await port.experiments(readList(request));
      linkToNext(request, response, page.next);
      response.json(experimentsAnswer(page));
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/runs')
    .get(async (request, response) => {
      const query = readList(request, ['experiment', 'format']);
      const name = readExperiment(request);
      const isCsv = asksForCsv(request, response);
      const experiment = (await port.findExperiment(name)) ?? noExperiment(name);
      const page = await port.runs(experiment.id, query);
      linkToNext(request, response, page.next);
      const answer = runsAnswer(experiment, page, request.path);
      if (isCsv) response.type('text/csv').send(runsCsv(answer));
      else response.json(answer);
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/runs/:run_id/report')
    .get(async (request, response) => {
      refuseUnknownParameters(request.query, []);
      response.type('json').send(await readReport(port, request.params.run_id));
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

/** Whether the client asks for CSV: in its address, as a link of a page does, or by `Accept`. @throws HttpError 406 `not_acceptable` */
function asksForCsv(request: Request, response: Response): boolean {
  response.vary('Accept');
  const format = readFormat(request);
  if (format !== undefined) return format === 'csv';
  const type = request.accepts([...TYPES]);
  if (type !== false) return type === 'text/csv';
  const says = `The answer has none of the types in Accept: accept ${TYPES.join(' or ')}.`;
  throw new HttpError(406, 'not_acceptable', says, {
    field: 'Accept',
    value: request.headers.accept ?? '',
    allowed: TYPES,
  });
}

/** Names the next page in a header too (RFC 8288), because a CSV has no other place for it. */
function linkToNext({ url }: Request, response: Response, next: string | undefined): void {
  if (next === undefined) return;
  const [path = '', query] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('page', next);
  const link = `<${path.slice(path.lastIndexOf('/') + 1)}?${parameters}>; rel="next"`;
  if (link.length <= LINK_CHARS_MAX) response.append('Link', link);
}

/** The text of a report, as MLflow has it. @throws HttpError 404 `no_such_run`, `no_report` */
async function readReport(port: RunsPort, runId: string): Promise<string> {
  const text = RUN_ID.test(runId) ? await port.readReport(runId) : 'no_run';
  switch (text) {
    case 'no_run':
      throw new HttpError(404, 'no_such_run', `MLflow has no run ${quote(runId)}: GET /runs lists the runs.`);
    case 'no_report':
      throw noReport(runId, 'has no report.json: train with report=true');
    case 'too_large':
      throw noReport(runId, 'has a report.json that is larger than a report: open the file in MLflow');
    default:
      if (isReport(text)) return text;
      throw noReport(
        runId,
        'has a report.json that this version of trainpost did not write: open the file in MLflow',
      );
  }
}

/** Whether a text has every number that a page relies on. Later versions may add keys. */
function isReport(text: string): boolean {
  try {
    const data: ReportData | undefined = reportSchema.safeParse(JSON.parse(text)).data;
    return data !== undefined;
  } catch {
    return false;
  }
}

function noReport(runId: string, why: string): HttpError {
  return new HttpError(404, 'no_report', `The run ${quote(runId)} ${why}.`);
}

function noExperiment(name: string): never {
  throw new HttpError(
    404,
    'no_such_experiment',
    `MLflow has no experiment ${quote(name)}, or the experiment is deleted: GET /experiments lists the experiments.`,
    { field: 'experiment', value: name },
  );
}
