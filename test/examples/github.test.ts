import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommentServer } from './commentServer.ts';
import { action, FAILING, Ground, isSkipped, PASSING, type Step, TOKEN } from './ground.ts';
import type { Env } from './shell.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const ground = new Ground();
beforeAll(() => ground.start());
afterAll(() => ground.service.close());
beforeEach(() => ground.fresh());
afterEach(() => ground.repository.remove());

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
      url: ground.service.url,
      file: 'data/train.csv',
      fields: ground.envFor(gate)['TRAINPOST_FIELDS']!,
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
      const outputs = join(ground.repository.folder, `out-${step.name}`);
      writeFileSync(outputs, '');
      writeFileSync(
        join(ground.repository.folder, 'event.json'),
        JSON.stringify({ pull_request: { number: 5 } }),
      );
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text, values)]),
      );
      const result = await ground.repository.run(step.run ?? '', {
        ...env,
        GITHUB_ACTION_PATH: join(EXAMPLES, 'github'),
        GITHUB_OUTPUT: outputs,
        GITHUB_STEP_SUMMARY: join(ground.repository.folder, 'summary.md'),
        GITHUB_EVENT_PATH: join(ground.repository.folder, 'event.json'),
        GITHUB_API_URL: apiUrl,
        GITHUB_REPOSITORY: 'o/r',
      });
      code = result.code;
      out += result.out;
      for (const line of ground.repository.read(`out-${step.name}`).split('\n')) {
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
    const answer = JSON.parse(ground.repository.read('trainpost/answer.json'));
    const { score: _, ...metrics } = answer.metrics.test;
    expect(JSON.parse(outputs['metrics']!)).toEqual(metrics);
    expect(outputs['accuracy']).toBe(String(metrics.accuracy_score));
    expect(ground.repository.read('summary.md')).toBe(ground.repository.read('trainpost/comment.md'));
    expect(api.comments.map(({ body }) => body)).toEqual([ground.repository.read('trainpost/comment.md')]);
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
