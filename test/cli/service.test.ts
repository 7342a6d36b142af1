import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXAMS } from '../../src/http/openapi/paths/trainExamples.ts';
import { EXAM_MODEL, examModels } from '../support/examModel.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { runCli } from './io.ts';

const DIABETES = join(import.meta.dirname, '../../data/diabetes.csv');
const TOKEN = 'a-token-of-32-characters-or-more';

let service: TestService;
let env: Record<string, string>;
const dir = mkdtempSync(join(tmpdir(), 'trainpost-cli-'));
const exams = join(dir, 'exams.csv');
beforeAll(async () => {
  service = await startTestService({
    access: { allowedHosts: [], token: TOKEN },
    models: await examModels(),
  });
  env = { TRAINPOST_URL: service.url, TRAINPOST_TOKEN: TOKEN };
  writeFileSync(exams, EXAMS);
});
afterAll(async () => {
  await service.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => service.desk.reset());

describe('with a real service', () => {
  it('trains, with the fields of the options', async () => {
    const argv = ['train', DIABETES, '-C', '0.1,1', '--cv', '3', '--tags', 'team=a', '--exp-name', 'Night'];
    const { code, stdout, stderr } = await runCli(argv, { env });
    expect(stderr).toMatch(/^queued.*\n(?:.+\n)*done\n$/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^metric +test +train\naccuracy_score +0\.7/);
    expect(stdout).toMatch(/candidate +C +test log_loss +mean of folds\n/);
    expect(service.desk.entries).toHaveLength(1);
    expect(service.desk.entries[0]?.run).toMatchObject({
      experimentName: 'Night',
      tags: { team: 'a' },
      fileName: 'diabetes.csv',
    });
  });

  it('trains on the standard input', async () => {
    const { code } = await runCli(['train', '-'], { env, stdin: readFileSync(DIABETES, 'utf8') });
    expect(code).toBe(0);
  });

  it('ends with 1 if a gate fails, and trains once for Markdown', async () => {
    const { code, stdout } = await runCli(['train', DIABETES, '--gate', 'recall > 0.99', '--markdown'], {
      env,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^<!-- trainpost:Default -->/);
    expect(stdout).toContain('recall > 0.99');
    expect(service.desk.entries).toHaveLength(1);
  });

  it.each([
    [['--solver', 'adam'], '--solver)'],
    [['--target', 'Nothing'], '--target)'],
  ])('ends with 2 for %j', async (options, says) => {
    const { code, stderr } = await runCli(['train', DIABETES, ...options], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it('says in Markdown what is wrong, in a block of code', async () => {
    const { code, stdout } = await runCli(['train', DIABETES, '--target', '`@all`', '--markdown'], { env });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^### trainpost: error\n\n```text\ntrainpost: .*'@all'.*\n```\n$/);
  });

  it('reports on a dry run, and on one that would not train', async () => {
    const { code, stdout } = await runCli(['train', DIABETES, '--dry-run'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^would train +yes\nrows +768\n/);
    const bad = await runCli(['train', '-', '--dry-run'], { env, stdin: 'a,b\n1,1\n2,1\n' });
    expect(bad.code).toBe(2);
    expect(bad.stdout).toMatch(/^would train +no\n/);
    expect(service.desk.entries).toEqual([]);
  });

  it('evaluates a model', async () => {
    const { code, stdout } = await runCli(['evaluate', exams, '--model', EXAM_MODEL], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^metric +test\naccuracy_score +/);
  });

  it('predicts to a file and to a pipe', async () => {
    const path = join(dir, 'out.csv');
    const argv = ['predict', exams, '--model', EXAM_MODEL];
    const { code, stdout } = await runCli([...argv, '-o', path], { env });
    expect([code, stdout]).toEqual([0, '']);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^.*,prediction,probability_/);
    expect((await runCli(argv, { env })).stdout).toBe(text);
  });

  it('leaves no file if a row cannot be predicted', async () => {
    const [head = '', row = ''] = EXAMS.split('\n');
    const bad = `${head}\n${`${row}\n`.repeat(100_000)}${row.replace(/\d+/, 'x')}\n`;
    const argv = ['predict', '-', '--model', EXAM_MODEL, '-o', join(dir, 'bad.csv')];
    const { code, stderr } = await runCli(argv, { env, stdin: bad });
    expect(code).toBe(2);
    expect(stderr).toContain('trainpost: ');
    expect(readdirSync(dir).filter((name) => name.startsWith('bad'))).toEqual([]);
  });

  it.each([
    [{ TRAINPOST_TOKEN: 'another' }, 'token'],
    [{ TRAINPOST_URL: 'http://127.0.0.1:5' }, 'cannot be reached'],
  ])('ends with 2 for %j', async (other, says) => {
    const { code, stderr } = await runCli(['jobs'], { env: { ...env, ...other } });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
