import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startTestService, type TestService } from '../support/service.ts';
import { CommentServer } from './commentServer.ts';
import { type Env, Repository, readExample } from './shell.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const TOKEN = 't'.repeat(40);
const PASSING = 'gate=low(recall) > 0.4';
const FAILING = 'gate=low(recall) > 0.9';

const missing = ['curl', 'jq', 'make'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
// With CI=true no test is skipped.
const isSkipped = missing.length > 0 && process.env['CI'] !== 'true';
if (isSkipped) console.warn(`The examples are not tested: install ${missing.join(' and ')}.`);

let service: TestService;
let repository: Repository;
beforeAll(async () => {
  service = await startTestService({ access: { allowedHosts: [], token: TOKEN } });
});
afterAll(() => service.close());
beforeEach(() => {
  service.desk.reset();
  repository = new Repository();
});
afterEach(() => repository.remove());

const envFor = (gate: string): Env => ({
  TRAINPOST_URL: service.url,
  TRAINPOST_TOKEN: TOKEN,
  TRAINPOST_FILE: 'data/train.csv',
  TRAINPOST_FIELDS: `exp_name=Nightly\n  registered_model=Diabetes\n\n${gate}\n`,
});

describe.skipIf(isSkipped)('train.sh', () => {
  it('trains once, and keeps the answer in every form', async () => {
    const { code, out } = await repository.run('sh ci/train.sh', envFor(PASSING));
    expect(out).toContain('### trainpost training in `Nightly`: **passed**');
    expect(code).toBe(0);
    expect(service.desk.entries).toHaveLength(1);
    expect(repository.read('trainpost/report.html')).toContain('<svg');
    expect(JSON.parse(repository.read('trainpost/answer.json'))).toMatchObject({ gate: { state: 'passed' } });
    expect(repository.read('trainpost/comment.md')).toMatch(/^<!-- trainpost:Nightly:Diabetes -->\n/);
    expect(repository.read('trainpost/junit.xml')).toContain('name="low(recall) &gt; 0.4"');
    expect(repository.read('trainpost/metrics.txt')).toContain('trainpost_test_roc_auc 0.86');
    expect(repository.read('trainpost/leaderboard.csv')).toMatch(/^candidate,/);
    expect(repository.has('trainpost/part')).toBe(false);
  });

  it('fails if a gate fails, with the answer in every form', async () => {
    const { code } = await repository.run('sh ci/train.sh', envFor(FAILING));
    expect(code).toBe(1);
    expect(service.desk.entries).toHaveLength(1);
    expect(JSON.parse(repository.read('trainpost/answer.json'))).toMatchObject({ code: 'gate_failed' });
    expect(repository.read('trainpost/junit.xml')).toContain('<failure type="gate_failed"');
    expect(repository.read('trainpost/leaderboard.csv')).toMatch(/^candidate,/);
  });

  it('fails if trainpost refuses the form, and says why', async () => {
    const { code, out } = await repository.run('sh ci/train.sh', envFor('tol=x'));
    expect(code).toBe(1);
    expect(out).toContain('code `invalid_tol`');
    expect(repository.read('trainpost/junit.xml')).toContain('<error type="invalid_tol"');
    for (const file of ['metrics.txt', 'leaderboard.csv'])
      expect(repository.has(`trainpost/${file}`)).toBe(false);
  });

  it('takes names of files and values as they are', async () => {
    const name = 'data/odd "name"; type=x, y.csv';
    copyFileSync(join(repository.folder, 'data/train.csv'), join(repository.folder, name));
    const fields = { TRAINPOST_FIELDS: 'exp_name=@/etc/passwd\nrun_name=<data/train.csv' };
    const { code, out } = await repository.run('sh ci/train.sh', {
      ...envFor(''),
      ...fields,
      TRAINPOST_FILE: name,
    });
    expect(out).toContain('`@/etc/passwd`');
    expect(code).toBe(0);
    expect(service.desk.entries[0]?.run).toMatchObject({
      experimentName: '@/etc/passwd',
      runName: '<data/train.csv',
      fileName: expect.stringContaining('; type=x, y.csv'),
    });
  });

  it('sends a test file', async () => {
    const env = { ...envFor(PASSING), TRAINPOST_TEST_FILE: 'data/train.csv' };
    expect((await repository.run('sh ci/train.sh', env)).code).toBe(0);
    expect(service.desk.entries[0]?.run.parts[1]?.rows).toBe(768);
  });

  it.each([
    ['TRAINPOST_FILE', { TRAINPOST_FILE: 'data/none.csv' }, 'There is no file data/none.csv'],
    ['TRAINPOST_URL', { TRAINPOST_URL: '' }, 'set TRAINPOST_URL'],
    ['TRAINPOST_ROUTE', { TRAINPOST_ROUTE: 'predict' }, 'it must be train or evaluate'],
    ['TRAINPOST_FORMS', { TRAINPOST_FORMS: 'pdf' }, 'TRAINPOST_FORMS has pdf'],
  ])('says what is wrong with %s', async (_, wrong, says) => {
    const { code, out } = await repository.run('sh ci/train.sh', { ...envFor(PASSING), ...wrong });
    expect(out).toContain(says);
    expect(code).toBe(2);
    expect(service.desk.entries).toEqual([]);
  });
});

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Env;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Env;
}
const action = parse(readExample('github/action.yml')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

describe.skipIf(isSkipped)('the GitHub action', () => {
  const api = new CommentServer({
    list: '/repos/o/r/issues/5/comments',
    one: (id) => `/repos/o/r/issues/comments/${id}`,
    updateMethod: 'PATCH',
    headers: {
      authorization: 'Bearer gh',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    bodyCharsMax: 65_536,
  });
  let apiUrl: string;
  beforeAll(async () => {
    apiUrl = await api.start();
  });
  afterAll(() => api.close());
  beforeEach(() => {
    api.comments.length = 0;
    api.changes.length = 0;
    api.faults.length = 0;
    api.refusal = undefined;
  });

  /** Runs the steps as GitHub does: variables go in, `GITHUB_OUTPUT` comes out. A step with `uses` is noted. */
  async function runAction(gate: string, inputs: Env = {}, event = 'pull_request') {
    const values: Record<string, string> = { 'github.token': 'gh', 'github.event_name': event };
    const given: Env = {
      url: service.url,
      file: 'data/train.csv',
      fields: envFor(gate)['TRAINPOST_FIELDS']!,
      token: TOKEN,
    };
    for (const [name, { default: usual = '' }] of Object.entries(action.inputs)) {
      values[`inputs.${name}`] = inputs[name] ?? given[name] ?? filled(usual, values);
    }
    const used: Step[] = [];
    let code: number | null = 0;
    let out = '';
    for (const step of action.runs.steps) {
      if (code !== 0 || !holds(step.if, values)) continue;
      if (step.uses !== undefined) {
        used.push(step);
        continue;
      }
      const outputs = join(repository.folder, `out-${step.name}`);
      writeFileSync(outputs, '');
      writeFileSync(join(repository.folder, 'event.json'), JSON.stringify({ pull_request: { number: 5 } }));
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, values)]),
      );
      const result = await repository.run(step.run ?? '', {
        ...env,
        GITHUB_ACTION_PATH: join(EXAMPLES, 'github'),
        GITHUB_OUTPUT: outputs,
        GITHUB_STEP_SUMMARY: join(repository.folder, 'summary.md'),
        GITHUB_EVENT_PATH: join(repository.folder, 'event.json'),
        GITHUB_API_URL: apiUrl,
        GITHUB_REPOSITORY: 'o/r',
      });
      code = result.code;
      out += result.out;
      for (const line of repository.read(`out-${step.name}`).split('\n')) {
        const at = line.indexOf('=');
        if (at > 0) values[`steps.${step.id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
      }
    }
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value, values)]),
    );
    return { code, out, outputs, used };
  }

  const filled = (text: string, values: Readonly<Record<string, string>>) =>
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name) => values[name] ?? '');

  function holds(condition: string | undefined, values: Readonly<Record<string, string>>): boolean {
    const terms = (condition ?? '').replaceAll(/\$\{\{|\}\}/g, '').split('&&');
    return terms.every((term) => {
      const [, name = '', sign, text] = /^\s*([\w.-]+) (==|!=) '(.*)'\s*$/.exec(term) ?? [];
      return condition === undefined || (values[name] === text) === (sign === '==');
    });
  }

  it('has outputs, a summary, one comment and the report if the gate holds', async () => {
    const { code, outputs, used } = await runAction(PASSING);
    expect(code).toBe(0);
    expect(outputs).toMatchObject({
      run_id: 'run1',
      gate: 'passed',
      roc_auc: expect.stringMatching(/^0\.8606/),
    });
    const answer = JSON.parse(repository.read('trainpost/answer.json'));
    const { score: _, ...metrics } = answer.metrics.test;
    expect(JSON.parse(outputs['metrics']!)).toEqual(metrics);
    expect(outputs['accuracy']).toBe(String(metrics.accuracy_score));
    expect(repository.read('summary.md')).toBe(repository.read('trainpost/comment.md'));
    expect(api.comments.map(({ body }) => body)).toEqual([repository.read('trainpost/comment.md')]);
    expect(used).toEqual([
      expect.objectContaining({ uses: expect.stringMatching(/^actions\/upload-artifact@/) }),
    ]);
    expect(api.faults).toEqual([]);
  });

  it('updates its comment, also behind many others, and none of a stranger', async () => {
    for (let i = 0; i < 150; i++) api.add('hello', 2, 'ann');
    api.add('<!-- trainpost:Nightly:Diabetes -->\n\nfake', 2, 'ann');
    await runAction(PASSING);
    const { code } = await runAction(FAILING);
    expect(code).toBe(1);
    expect(api.changes).toEqual(['POST', 'PATCH 152']);
    expect(api.comments[151]?.body).toContain('**does not hold**');
    await runAction('tol=x');
    expect(api.changes).toEqual(['POST', 'PATCH 152', 'PATCH 152']);
    expect(api.comments[151]?.body).toContain('`invalid_tol`');
    expect(api.faults).toEqual([]);
  });

  it('fails if the gate fails, after the comment and the report', async () => {
    const { code, outputs, used } = await runAction(FAILING);
    expect(code).toBe(1);
    expect(outputs).toMatchObject({ run_id: 'run1', gate: 'failed' });
    expect(api.changes).toEqual(['POST']);
    expect(used).toHaveLength(1);
  });

  it('fails without an answer, and without a comment', async () => {
    const { code, outputs } = await runAction(PASSING, { url: 'http://127.0.0.1:1', file: 'data/none.csv' });
    expect(code).toBe(2);
    expect(outputs).toMatchObject({ run_id: '', metrics: '{}' });
    expect(api.changes).toEqual([]);
  });

  it('warns if its token may not write, as in a pull request from a fork', async () => {
    api.refusal = 403;
    const { code, out } = await runAction(PASSING);
    expect(out).toContain('::warning::GitHub answered 403');
    expect(code).toBe(0);
  });

  it('writes no comment on a push, or if it must not', async () => {
    await runAction(PASSING, {}, 'push');
    const { used } = await runAction(PASSING, { comment: 'false', artifact: '' });
    expect(api.changes).toEqual([]);
    expect(used).toEqual([]);
  });
});

describe.skipIf(isSkipped)('the GitLab template', () => {
  const job = parse(readExample('gitlab/trainpost.yml'))['.trainpost'] as {
    readonly variables: Env;
    readonly before_script: readonly string[];
    readonly script: readonly string[];
    readonly after_script: readonly string[];
    readonly artifacts: { readonly reports: Readonly<Record<string, string>> };
  };
  const notes = '/projects/9/merge_requests/5/notes';
  const api = new CommentServer({
    list: notes,
    one: (id) => `${notes}/${id}`,
    updateMethod: 'PUT',
    headers: { 'private-token': 'gl' },
    bodyCharsMax: 1_000_000,
  });
  let apiUrl: string;
  beforeAll(async () => {
    apiUrl = await api.start();
  });
  afterAll(() => api.close());

  it.each([
    [PASSING, 0, ['POST']],
    [FAILING, 1, ['PUT 3']],
  ])('runs with %s', async (gate, status, changes) => {
    if (api.comments.length === 0)
      for (let i = 0; i < 2; i++) api.add('<!-- trainpost:Nightly:Diabetes -->', 2, 'ann');
    api.changes.length = 0;
    const env = {
      ...job.variables,
      ...envFor(gate),
      CI_API_V4_URL: apiUrl,
      CI_PROJECT_ID: '9',
      CI_MERGE_REQUEST_IID: '5',
      TRAINPOST_NOTE_TOKEN: 'gl',
    };
    const { code } = await repository.run([...job.before_script, ...job.script].join('\n'), env);
    expect(code).toBe(status);
    const after = await repository.run(job.after_script.join('\n'), env);
    expect(after).toMatchObject({
      code: 0,
      out: expect.stringContaining(status === 0 ? 'Wrote' : 'Updated'),
    });
    expect(api.changes).toEqual(changes);
    expect(api.comments[2]?.body).toBe(repository.read('trainpost/comment.md'));
    expect(api.faults).toEqual([]);
    for (const path of Object.values(job.artifacts.reports)) expect(repository.has(path)).toBe(true);
  });

  it('writes no note outside a merge request', async () => {
    const { code, out } = await repository.run(job.after_script.join('\n'), { CI_API_V4_URL: apiUrl });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('There is no merge request') });
  });
});

describe.skipIf(isSkipped)('the Jenkins stage', () => {
  const text = readExample('jenkins/Jenkinsfile');
  const variables = Object.fromEntries(
    [...text.matchAll(/^ {4}(TRAINPOST_\w+) = (?:'''([^']*)'''|'([^']*)')$/gm)].map(
      ([, name, long, short]) => [name, long ?? short],
    ),
  ) as Record<string, string>;
  const [, script = ''] = /^ +sh '(.*)'$/m.exec(text) ?? [];

  it.each([
    [variables['TRAINPOST_FIELDS']!, 0],
    [FAILING, 1],
  ])('runs with %j', async (fields, status) => {
    const env = {
      ...variables,
      TRAINPOST_URL: service.url,
      TRAINPOST_TOKEN: TOKEN,
      TRAINPOST_FIELDS: fields,
    };
    expect((await repository.run(script, env)).code).toBe(status);
    const [, results = ''] = /testResults: '(.*)'/.exec(text) ?? [];
    expect(repository.read(results)).toContain('<testsuites');
  });
});

describe.skipIf(isSkipped)('the Makefile', () => {
  it('trains if something has changed, and fails if the gate fails', async () => {
    const makefile = readExample('make/Makefile');
    const make = (text: string) => {
      writeFileSync(join(repository.folder, 'Makefile'), text);
      return repository.run('make', { TRAINPOST_URL: service.url, TRAINPOST_TOKEN: TOKEN });
    };
    expect((await make(makefile)).code).toBe(0);
    expect(service.desk.entries[0]?.run).toMatchObject({ experimentName: 'Nightly', gate: 'passed' });
    expect((await repository.run('make', { TRAINPOST_URL: service.url })).out).toContain(
      'Nothing to be done',
    );
    expect((await make(makefile.replace(PASSING, FAILING))).code).not.toBe(0);
    expect(service.desk.entries.map(({ run }) => run.gate)).toEqual(['passed', 'failed']);
  });
});
