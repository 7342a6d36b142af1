import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAILING, Ground, isSkipped, PASSING } from './ground.ts';

const ground = new Ground();
beforeAll(() => ground.start());
afterAll(() => ground.service.close());
beforeEach(() => ground.fresh());
afterEach(() => ground.repository.remove());

describe.skipIf(isSkipped)('train.sh', () => {
  it('trains once, and keeps the answer in every form', async () => {
    const { code, out } = await ground.repository.run('sh ci/train.sh', ground.envFor(PASSING));
    expect(out).toContain('### trainpost training in `Nightly`: **passed**');
    expect(code).toBe(0);
    expect(ground.service.desk.entries).toHaveLength(1);
    expect(ground.repository.read('trainpost/report.html')).toContain('<svg');
    expect(JSON.parse(ground.repository.read('trainpost/answer.json'))).toMatchObject({
      gate: { state: 'passed' },
    });
    expect(ground.repository.read('trainpost/comment.md')).toMatch(/^<!-- trainpost:Nightly:Diabetes -->\n/);
    expect(ground.repository.read('trainpost/junit.xml')).toContain('name="low(recall) &gt; 0.4"');
    expect(ground.repository.read('trainpost/metrics.txt')).toContain('trainpost_test_roc_auc 0.86');
    expect(ground.repository.read('trainpost/leaderboard.csv')).toMatch(/^candidate,/);
    expect(ground.repository.has('trainpost/part')).toBe(false);
  });

  it('fails if a gate fails, with the answer in every form', async () => {
    const { code } = await ground.repository.run('sh ci/train.sh', ground.envFor(FAILING));
    expect(code).toBe(1);
    expect(ground.service.desk.entries).toHaveLength(1);
    expect(JSON.parse(ground.repository.read('trainpost/answer.json'))).toMatchObject({
      code: 'gate_failed',
    });
    expect(ground.repository.read('trainpost/junit.xml')).toContain('<failure type="gate_failed"');
    expect(ground.repository.read('trainpost/leaderboard.csv')).toMatch(/^candidate,/);
  });

  it('fails if trainpost refuses the form, and says why', async () => {
    const { code, out } = await ground.repository.run('sh ci/train.sh', ground.envFor('tol=x'));
    expect(code).toBe(1);
    expect(out).toContain('code `invalid_tol`');
    expect(ground.repository.read('trainpost/junit.xml')).toContain('<error type="invalid_tol"');
    for (const file of ['metrics.txt', 'leaderboard.csv'])
      expect(ground.repository.has(`trainpost/${file}`)).toBe(false);
  });

  it('takes names of files and values as they are', async () => {
    const name = 'data/odd "name"; type=x, y.csv';
    copyFileSync(join(ground.repository.folder, 'data/train.csv'), join(ground.repository.folder, name));
    const fields = { TRAINPOST_FIELDS: 'exp_name=@/etc/passwd\nrun_name=<data/train.csv' };
    const { code, out } = await ground.repository.run('sh ci/train.sh', {
      ...ground.envFor(''),
      ...fields,
      TRAINPOST_FILE: name,
    });
    expect(out).toContain('`@/etc/passwd`');
    expect(code).toBe(0);
    expect(ground.service.desk.entries[0]?.run).toMatchObject({
      experimentName: '@/etc/passwd',
      runName: '<data/train.csv',
      fileName: expect.stringContaining('; type=x, y.csv'),
    });
  });

  it('sends a test file', async () => {
    const env = { ...ground.envFor(PASSING), TRAINPOST_TEST_FILE: 'data/train.csv' };
    expect((await ground.repository.run('sh ci/train.sh', env)).code).toBe(0);
    expect(ground.service.desk.entries[0]?.run.parts[1]?.rows).toBe(768);
  });

  it.each([
    [PASSING, 0],
    [FAILING, 1],
  ])('measures a model, with %s', async (gate, status) => {
    const fields = { TRAINPOST_FIELDS: `model=models:/Diabetes@champion\n${gate}` };
    const env = { ...ground.envFor(''), ...fields, TRAINPOST_ROUTE: 'evaluate' };
    const { code, out } = await ground.repository.run('sh ci/train.sh', env);
    expect(out).toContain('### trainpost evaluation in `Default`');
    expect(code).toBe(status);
    expect(ground.service.desk.evaluations).toHaveLength(1);
    expect(ground.repository.read('trainpost/report.html')).toContain('<h1>trainpost evaluation');
    expect(ground.repository.read('trainpost/junit.xml')).toContain('name="evaluation"');
    expect(ground.repository.read('trainpost/leaderboard.csv')).toMatch(/^metric,test,low,high\n/);
  });

  it.each([
    ['TRAINPOST_FILE', { TRAINPOST_FILE: 'data/none.csv' }, 'There is no file data/none.csv'],
    ['TRAINPOST_URL', { TRAINPOST_URL: '' }, 'set TRAINPOST_URL'],
    ['TRAINPOST_ROUTE', { TRAINPOST_ROUTE: 'predict' }, 'it must be train or evaluate'],
    ['TRAINPOST_FORMS', { TRAINPOST_FORMS: 'pdf' }, 'TRAINPOST_FORMS has pdf'],
  ])('says what is wrong with %s', async (_, wrong, says) => {
    const { code, out } = await ground.repository.run('sh ci/train.sh', {
      ...ground.envFor(PASSING),
      ...wrong,
    });
    expect(out).toContain(says);
    expect(code).toBe(2);
    expect(ground.service.desk.entries).toEqual([]);
  });
});
