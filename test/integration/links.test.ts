import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { mlflowServers } from '../support/mlflowServers.ts';
import { type Program, startProgram } from '../support/programs.ts';

const ROOT = join(import.meta.dirname, '../..');
const mlflow = await mlflowServers();

describe.skipIf(mlflow === null || chromiumPath === undefined)(
  'a link of an answer, in a real browser',
  () => {
    const temp = mkdtempSync(join(tmpdir(), 'trainpost-links-'));
    let service: Program;
    let browser: Browser;
    let page: Page;
    // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect and fail on anything else.
    let answer: any;

    beforeAll(async () => {
      service = await startProgram(
        process.execPath,
        () => [join(ROOT, 'dist/server.js')],
        (port) => ({ PORT: String(port), MLFLOW_TRACKING_URI: mlflow?.mlflow3 ?? '', TEMP_DIR: temp }),
      );
      const form = new FormData();
      form.set('train_file', new Blob([readFileSync(join(ROOT, 'data/diabetes.csv'))]), 'diabetes.csv');
      form.set('exp_name', 'Diabetes');
      form.set('run_name', 'first-model');
      answer = await (await fetch(`${service.url}/train`, { method: 'POST', body: form })).json();
      browser = await chromium.launch(launchOptions);
      page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    });

    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      rmSync(temp, { recursive: true });
    });

    const expectText = (text: string) =>
      expect.poll(() => page.locator('body').textContent()).toContain(text);

    it('shows the run with its metrics, params, data set and model (run.url)', async () => {
      await page.goto(answer.run.url);
      const shown = [
        'first-model',
        'entropy',
        'test_accuracy_score',
        'model__C',
        'diabetes.csv',
        'diabetes-model',
      ];
      for (const text of shown) await expectText(text);
    });

    it('shows the version of the model (model.url)', async () => {
      await page.goto(answer.model.url);
      await expectText('Version 1');
    });
  },
);
