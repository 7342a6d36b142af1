import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CommentServer } from './commentServer.ts';
import { FAILING, Ground, isSkipped, PASSING, TOKEN } from './ground.ts';
import { type Env, readExample } from './shell.ts';

const ground = new Ground();
beforeAll(() => ground.start());
afterAll(() => ground.service.close());
beforeEach(() => ground.fresh());
afterEach(() => ground.repository.remove());

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
      ...ground.envFor(gate),
      CI_API_V4_URL: apiUrl,
      CI_PROJECT_ID: '9',
      CI_MERGE_REQUEST_IID: '5',
      TRAINPOST_NOTE_TOKEN: 'gl',
    };
    const { code } = await ground.repository.run([...job.before_script, ...job.script].join('\n'), env);
    expect(code).toBe(status);
    const after = await ground.repository.run(job.after_script.join('\n'), env);
    expect(after).toMatchObject({
      code: 0,
      out: expect.stringContaining(status === 0 ? 'Wrote' : 'Updated'),
    });
    expect(api.changes).toEqual(changes);
    expect(api.comments[2]?.body).toBe(ground.repository.read('trainpost/comment.md'));
    expect(api.faults).toEqual([]);
    for (const path of Object.values(job.artifacts.reports)) expect(ground.repository.has(path)).toBe(true);
  });

  it('writes no note outside a merge request', async () => {
    const { code, out } = await ground.repository.run(job.after_script.join('\n'), { CI_API_V4_URL: apiUrl });
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
      TRAINPOST_URL: ground.service.url,
      TRAINPOST_TOKEN: TOKEN,
      TRAINPOST_FIELDS: fields,
    };
    expect((await ground.repository.run(script, env)).code).toBe(status);
    const [, results = ''] = /testResults: '(.*)'/.exec(text) ?? [];
    expect(ground.repository.read(results)).toContain('<testsuites');
  });
});

describe.skipIf(isSkipped)('the Makefile', () => {
  it('trains if something has changed, and fails if the gate fails', async () => {
    const makefile = readExample('make/Makefile');
    const make = (text: string) => {
      writeFileSync(join(ground.repository.folder, 'Makefile'), text);
      return ground.repository.run('make', { TRAINPOST_URL: ground.service.url, TRAINPOST_TOKEN: TOKEN });
    };
    expect((await make(makefile)).code).toBe(0);
    expect(ground.service.desk.entries[0]?.run).toMatchObject({ experimentName: 'Nightly', gate: 'passed' });
    expect((await ground.repository.run('make', { TRAINPOST_URL: ground.service.url })).out).toContain(
      'Nothing to be done',
    );
    expect((await make(makefile.replace(PASSING, FAILING))).code).not.toBe(0);
    expect(ground.service.desk.entries.map(({ run }) => run.gate)).toEqual(['passed', 'failed']);
  });
});
