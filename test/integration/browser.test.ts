import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as clientModule from '../../src/client.ts';
import { EXAMS } from '../../src/http/openapi/paths/trainExamples.ts';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { EXAM_MODEL, examModels } from '../support/examModel.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** The module, which also puts its exports in the page. */
const CLIENT = `${readFileSync(join(import.meta.dirname, '../../dist/client.js'), 'utf8')}
globalThis.client = { ProblemError, Trainpost };`;

declare global {
  var client: typeof clientModule;
}

describe.skipIf(chromiumPath === undefined)('in a real browser', () => {
  let service: TestService;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  beforeAll(async () => {
    service = await startTestService({ models: await examModels(), modelUri: EXAM_MODEL });
    browser = await chromium.launch(launchOptions);
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('requestfailed', (request) => problems.push(`${request.url()} failed`));
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });
  beforeEach(() => {
    service.desk.reset();
    problems.length = 0;
  });

  /** A page of this service may load scripts of this service: here is one more. */
  async function openPageWithClient(): Promise<void> {
    await page.route('**/client.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: CLIENT }),
    );
    await page.goto(`${service.url}/docs/errors`);
    await page.addScriptTag({ url: '/client.js', type: 'module' });
    await page.waitForFunction(() => globalThis.client !== undefined);
  }

  it('the page /docs shows every route, and loads nothing from elsewhere', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${service.url}/docs`);
    await page.locator('#operations-Trainings-train').waitFor();
    const { paths } = await (await fetch(`${service.url}/openapi.json`)).json();
    const operations = Object.values<object>(paths).flatMap((path) => Object.keys(path));
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    expect(asked.filter((url) => !url.startsWith(service.url) && !url.startsWith('data:'))).toEqual([]);
    expect(problems).toEqual([]);
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    expect(paintMs).toBeGreaterThan(0);
    console.info(`/docs: first contentful paint after ${Math.round(Number(paintMs))} ms`);
  });

  it('the client trains a file, follows the delivery, evaluates and predicts', async () => {
    await openPageWithClient();
    const told = await page.evaluate(
      async ([model, csv]) => {
        const { ProblemError, Trainpost } = globalThis.client;
        const trainpost = new Trainpost(location.origin);
        const file = new File([csv!], 'exams.csv');
        const answer = await trainpost.train(file, { exp_name: 'Exams', tags: { team: 'a' } });
        const { state } = await trainpost.delivery(answer.tracking.delivery.id);
        const evaluated = await trainpost.evaluate(file, { model: model! });
        const csvAnswer = await (await trainpost.predict(new Blob(['hours,sleep\n4,7\n']))).text();
        const problem = await trainpost
          .train('a,b\n1,2\n')
          .catch((error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)));
        return { accuracy: answer.accuracy, state, run: evaluated.run.id, csvAnswer, problem };
      },
      [EXAM_MODEL, EXAMS],
    );
    expect(told).toEqual({
      accuracy: 0.75,
      state: 'delivered',
      run: 'run2',
      csvAnswer: expect.stringMatching(/^hours,sleep,prediction,.*\n4,7,0,/),
      problem: expect.stringMatching(/^[a-z_]+$/),
    });
    expect(service.desk.entries[0]?.run).toMatchObject({ fileName: 'exams.csv', tags: { team: 'a' } });
  });

  it('the client sends a training whose answer is lost again, with the same key', async () => {
    const keys: (string | undefined)[] = [];
    await page.route('**/train', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      const response = await route.fetch();
      await (keys.length === 1 ? route.abort('connectionreset') : route.fulfill({ response }));
    });
    await openPageWithClient();
    const accuracy = await page.evaluate(async (csv) => {
      const { Trainpost } = globalThis.client;
      return (await new Trainpost(location.origin).train(csv)).accuracy;
    }, EXAMS);
    expect(accuracy).toBe(0.75);
    expect(keys).toEqual([expect.any(String), keys[0]]);
    expect(service.desk.entries).toHaveLength(1);
  });
});
