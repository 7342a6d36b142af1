import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../src/errors.ts';
import type { RunsAnswer } from '../../../src/http/runs/runsAnswer.ts';
import { reportOf } from '../../reports/sample.ts';
import { runListOf, seedRuns } from '../../support/loggedRuns.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { StandInMlflow } from '../../support/standInMlflow.ts';

const NO_RUN = '0'.repeat(32);

let mlflow: StandInMlflow;
let runs: ReturnType<typeof runListOf>;
let service: TestService;
let report: string;
let ids: string[];

beforeAll(async () => {
  mlflow = await StandInMlflow.start();
  runs = runListOf(mlflow);
  service = await startTestService({ runs: runs.list });
  report = (await reportOf({})).json;
  const auc = (value: number | string) => ({ test_roc_auc: value });
  ids = seedRuns(mlflow, 'Exams', [
    {
      name: 'first',
      params: { C: '1.0', note: '=1+1' },
      metrics: auc(0.5),
      tags: { team: '@ada', 'mlflow.user': 'ada', 'trainpost.request_id': 'r', 'trainpost.report': 'page' },
      report,
    },
    {
      name: 'second',
      params: { C: '2.0' },
      metrics: { ...auc(0.75), loss: 'NaN' },
      tags: { 'mlflow.parentRunId': 'p' },
    },
    { name: 'third', params: { C: '1.0' }, metrics: auc(0.25), report: '{"version":1}' },
    { name: 'fourth', params: { C: '1.0' }, metrics: auc('Infinity'), report: 'no JSON' },
    { name: 'fifth', report: report.replace('"version":1', '"version":2') },
  ]);
});
afterAll(async () => {
  await service.close();
  await runs.close();
  await mlflow.down();
});
beforeEach(() => {
  mlflow.calls.length = 0;
  mlflow.faultOf = () => undefined;
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(service.url + path, { headers });
// biome-ignore lint/suspicious/noExplicitAny: a test fails if a key is missing.
const json = async (path: string): Promise<any> => (await get(path)).json();
const names = async (query: string) =>
  ((await json(`/runs?experiment=Exams&${query}`)) as RunsAnswer).runs.map(({ name }) => name);

describe('GET /runs', () => {
  it('has each run with its place in MLflow, and its report', async () => {
    const { experiment, runs: found, next_page } = (await json('/runs?experiment=Exams')) as RunsAnswer;
    expect(experiment).toEqual({
      id: '1',
      name: 'Exams',
      url: `${mlflow.url}/#/experiments/1/runs?workflowType=machine_learning`,
    });
    expect(next_page).toBeNull();
    expect(found[0]).toEqual({
      id: ids[0],
      name: 'first',
      status: 'FINISHED',
      url: `${mlflow.url}/#/experiments/1/runs/${ids[0]}?workflowType=machine_learning`,
      started_at: '1970-01-01T00:00:01.000Z',
      ended_at: '1970-01-01T00:00:01.500Z',
      user: 'ada',
      parent_id: null,
      params: { C: '1.0', note: '=1+1' },
      metrics: { test_roc_auc: 0.5 },
      tags: { team: '@ada', 'trainpost.report': 'page' },
      model_uri: null,
      report: `runs/${ids[0]}/report`,
    });
    expect(found[1]).toMatchObject({
      parent_id: 'p',
      metrics: { test_roc_auc: 0.75, loss: null },
      report: null,
    });
    expect(found[3]?.metrics).toEqual({ test_roc_auc: null });
  });

  it.each([
    [`filter=${encodeURIComponent("params.C = '2.0'")}`, ['second']],
    ['filter=', ['first', 'second', 'third', 'fourth', 'fifth']],
    ['order_by=metrics.test_roc_auc+ASC&max=2', ['third', 'first']],
    ['max=2&page=2', ['third', 'fourth']],
    ['max=200&page=4', ['fifth']],
  ])('finds by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('hands the search on as it is, and no deleted run', async () => {
    const filter = "tags.`x y` = 'ü\"%'";
    const query = new URLSearchParams([
      ['experiment', 'Exams'],
      ['filter', filter],
      ['order_by', 'metrics.a DESC'],
      ['order_by', 'metrics.b ASC'],
      ['page', '0'],
    ]);
    await get(`/runs?${query}`);
    expect(JSON.parse(String(mlflow.calls.at(-1)?.body))).toEqual({
      experiment_ids: ['1'],
      run_view_type: 'ACTIVE_ONLY',
      max_results: 50,
      filter,
      order_by: ['metrics.a DESC', 'metrics.b ASC'],
      page_token: '0',
    });
  });

  it('leads from page to page, in the answer and in a header', async () => {
    const seen: string[] = [];
    for (let next = '/runs?experiment=Exams&max=2'; next !== ''; ) {
      const response = await get(next, { Accept: 'text/csv' });
      const page = (await (await get(next)).json()) as RunsAnswer;
      seen.push(...page.runs.map(({ name }) => name));
      const [, link = ''] = /<([^>]*)>; rel="next"/.exec(response.headers.get('Link') ?? '') ?? [];
      expect(link === '').toBe(page.next_page === null);
      expect(new URL(link, response.url).searchParams.get('page')).toBe(
        page.next_page ?? new URL(response.url).searchParams.get('page'),
      );
      next = link === '' ? '' : `/${link}`;
    }
    expect(seen).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  });

  it.each([
    ['/runs?experiment=Exams', 'text/csv', true],
    ['/runs?experiment=Exams&format=csv', 'text/html', true],
    ['/runs?experiment=Exams&format=json', 'text/csv', false],
    ['/runs?experiment=Exams', 'text/html,*/*;q=0.8', false],
    ['/runs?experiment=Exams&format=', 'application/json, text/csv;q=0.5', false],
  ])('%s is a table for %s: %s', async (path, accept, isCsv) => {
    const response = await get(path, { Accept: accept });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe(
      isCsv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    );
    expect(response.headers.get('Vary')).toContain('Accept');
  });

  it('writes a table that no spreadsheet takes for formulas', async () => {
    const lines = (await (await get('/runs?experiment=Exams&format=csv&max=2')).text()).split('\n');
    expect(lines).toEqual([
      'id,name,status,url,started_at,ended_at,user,parent_id,model_uri,params.C,params.note,metrics.test_roc_auc,metrics.loss,tags.team,tags.trainpost.report',
      `${ids[0]},first,FINISHED,${mlflow.url}/#/experiments/1/runs/${ids[0]}?workflowType=machine_learning,1970-01-01T00:00:01.000Z,1970-01-01T00:00:01.500Z,ada,,,1.0,"'=1+1",0.5,,"'@ada",page`,
      `${ids[1]},second,FINISHED,${mlflow.url}/#/experiments/1/runs/${ids[1]}?workflowType=machine_learning,1970-01-01T00:00:02.000Z,1970-01-01T00:00:02.500Z,,p,,2.0,,0.75,,,`,
      '',
    ]);
  });

  it('writes a header line for no runs', async () => {
    const response = await get(
      `/runs?experiment=Exams&format=csv&filter=${encodeURIComponent("params.C = '9'")}`,
    );
    expect(await response.text()).toBe('id,name,status,url,started_at,ended_at,user,parent_id,model_uri\n');
  });

  it.each([
    ['/runs?experiment=nobody', 404, 'no_such_experiment', 'experiment'],
    ['/runs', 404, 'no_such_experiment', 'experiment'],
    ['/runs?experiment=Exams&filter=foo', 400, 'invalid_search', 'filter'],
    ['/runs?experiment=Exams&order_by=foo', 400, 'invalid_search', 'order_by'],
    ["/runs?experiment=Exams&order_by=foo&filter=params.C = '1.0'", 400, 'invalid_search', 'order_by'],
    ['/runs?experiment=Exams&page=foo&max=1', 400, 'invalid_search', 'page'],
    ['/experiments?filter=foo', 400, 'invalid_search', 'filter'],
    ['/experiments?page=foo', 400, 'invalid_search', 'page'],
    ['/runs?max=0', 422, 'wrong_parameter', 'max'],
    ['/runs?max=201', 422, 'wrong_parameter', 'max'],
    ['/runs?max=1e1', 422, 'wrong_parameter', 'max'],
    ['/runs?max=1&max=2', 422, 'wrong_parameter', 'max'],
    ['/runs?format=xml', 422, 'wrong_parameter', 'format'],
    ['/runs?filter=a&filter=b', 422, 'wrong_parameter', 'filter'],
    [`/runs?filter=${'a'.repeat(4_001)}`, 422, 'wrong_parameter', 'filter'],
    [`/runs?experiment=${'a'.repeat(501)}`, 422, 'wrong_parameter', 'experiment'],
    [`/runs?${'order_by=a&'.repeat(11)}`, 422, 'wrong_parameter', 'order_by'],
    [`/experiments?${'order_by=&'.repeat(11)}`, 422, 'wrong_parameter', 'order_by'],
    ['/runs?page=&page=', 422, 'wrong_parameter', 'page'],
    ['/runs?limit=1', 422, 'unknown_parameter', 'limit'],
    ['/experiments?experiment=Exams', 422, 'unknown_parameter', 'experiment'],
  ])('%s is %i %s', async (path, status, code, field) => {
    const response = await get(path);
    expect(await response.json()).toMatchObject({ status, code, field });
    expect(response.status).toBe(status);
  });

  it("repeats MLflow's words, and not all of them if they are long", async () => {
    const short = await json('/runs?experiment=Exams&filter=foo');
    expect(short.detail).toBe("MLflow does not accept filter: Invalid clause(s) in filter string: 'foo'.");
    const long = await json(`/runs?experiment=Exams&filter=${'a'.repeat(3_000)}`);
    expect(long.detail.length).toBeLessThan(400);
    expect(long.value.length).toBeLessThan(300);
  });

  it('is 406 for a client that takes neither form', async () => {
    const response = await get('/runs?experiment=Exams', { Accept: 'image/png' });
    expect(await response.json()).toMatchObject({
      status: 406,
      code: 'not_acceptable',
      allowed: ['application/json', 'text/csv'],
    });
    expect(mlflow.calls).toEqual([]);
  });

  it.each([
    [
      { status: 400, text: '{"error_code":"INVALID_PARAMETER_VALUE","message":"too odd"}' },
      502,
      'mlflow_refused',
    ],
    [{ status: 403, text: '{"error_code":"PERMISSION_DENIED","message":"no"}' }, 502, 'mlflow_refused'],
    [{ status: 503, text: 'busy' }, 504, 'mlflow_failed'],
    [{ status: 200, text: `{"runs":"${'x'.repeat(17 * 2 ** 20)}"}` }, 422, 'runs_too_large'],
  ])('if MLflow answers %j to the search, the status is %i %s', async (fault, status, code) => {
    mlflow.faultOf = ({ name }) => (name === 'runs/search' ? fault : undefined);
    const answer = await json('/runs?experiment=Exams');
    expect(answer).toMatchObject({ status, code });
    if (code === 'runs_too_large') expect(answer).toMatchObject({ field: 'max', value: '50' });
  });
});

describe('GET /experiments', () => {
  it('has a page of them', async () => {
    mlflow.store.createExperiment({ name: 'Later' });
    const { experiments, next_page } = await json('/experiments?max=1');
    expect(experiments).toEqual([
      {
        id: '1',
        name: 'Exams',
        url: `${mlflow.url}/#/experiments/1/runs?workflowType=machine_learning`,
        created_at: null,
        updated_at: null,
      },
    ]);
    const second = await json(`/experiments?max=1&page=${next_page}`);
    expect(second.experiments).toMatchObject([{ name: 'Later' }]);
    expect(second.next_page).toBeNull();
    const byName = await json(`/experiments?filter=${encodeURIComponent("name = 'Later'")}`);
    expect(byName.experiments).toMatchObject([{ name: 'Later' }]);
  });

  it('leaves out deleted experiments, as runs do', async () => {
    const { experiment_id } = mlflow.store.createExperiment({ name: 'Gone' });
    mlflow.store.deleteExperiment({ experiment_id });
    expect(JSON.stringify(await json('/experiments'))).not.toContain('Gone');
    expect(await json('/runs?experiment=Gone')).toMatchObject({ code: 'no_such_experiment' });
  });
});

describe('GET /runs/<id>/report', () => {
  it('is the report as MLflow has it', async () => {
    const response = await get(`/runs/${ids[0]}/report`);
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe(report);
  });

  it('has every key of every kind of report', async () => {
    const sweep = await reportOf({ tol: ['0.1', '1'], cv: '2', inference: 'true', threshold: '0.3' });
    const [id] = seedRuns(mlflow, 'Sweep', [{ name: 'sweep', report: sweep.json }]);
    const response = await get(`/runs/${id}/report`);
    expect([response.status, await response.text()]).toEqual([200, sweep.json]);
  });

  it.each([
    ['a run without a report', 1, 'no_report', /report=true/],
    ['a file that lacks keys', 2, 'no_report', /did not write/],
    ['a file that is not JSON', 3, 'no_report', /did not write/],
    ['a report of a later version', 4, 'no_report', /did not write/],
  ])('is 404 for %s', async (_, at, code, says) => {
    const answer = await json(`/runs/${ids[at]}/report`);
    expect(answer).toMatchObject({ status: 404, code, detail: expect.stringMatching(says) });
  });

  it('is 404 for a file that is too large', async () => {
    mlflow.faultOf = ({ name }) =>
      name === '/get-artifact' ? { status: 200, text: 'x'.repeat(9 * 2 ** 20) } : undefined;
    expect(await json(`/runs/${ids[0]}/report`)).toMatchObject({ status: 404, code: 'no_report' });
  });

  it('asks MLflow for no id that a run cannot have', async () => {
    for (const id of ['..%2f..', 'a%20b', '%3Fx', 'x'.repeat(65)]) {
      expect(await json(`/runs/${id}/report`), id).toMatchObject({ status: 404, code: 'no_such_run' });
    }
    expect(mlflow.calls).toEqual([]);
    expect(await json(`/runs/${NO_RUN}/report`)).toMatchObject({ status: 404, code: 'no_such_run' });
    expect(mlflow.calls).toHaveLength(1);
  });
});

describe('without MLflow', () => {
  it.each(['/experiments', '/runs', `/runs/${NO_RUN}/report`])('%s is 504', async (path) => {
    await mlflow.down();
    try {
      const response = await get(path);
      expect(await response.json()).toMatchObject({ status: 504, code: 'mlflow_unreachable' });
    } finally {
      await mlflow.up();
    }
  });
});

describe('before MLflow is there', () => {
  it.each([
    ['mlflow_starting', '/runs'],
    ['mlflow_missing', '/experiments'],
  ])('%s is 503 for %s', async (code, path) => {
    const none = () => Promise.reject(new UnavailableError(code, 'There is no MLflow yet.'));
    const port = { experiments: none, findExperiment: none, runs: none, readReport: none };
    const early = await startTestService({ runs: port });
    try {
      const response = await fetch(early.url + path);
      expect(await response.json()).toMatchObject({ status: 503, code });
    } finally {
      await early.close();
    }
  });
});

describe('with a token', () => {
  it.each(['/experiments', '/runs', `/runs/${NO_RUN}/report`, '/model', '/sample.csv'])(
    '%s needs it',
    async (path) => {
      const token = 'a-token-of-32-characters-or-more';
      const guarded = await startTestService({ access: { allowedHosts: [], token } });
      try {
        expect((await fetch(guarded.url + path)).status).toBe(401);
        const response = await fetch(guarded.url + path, { headers: { Authorization: `Bearer ${token}` } });
        expect(response.status).not.toBe(401);
      } finally {
        await guarded.close();
      }
    },
  );
});
