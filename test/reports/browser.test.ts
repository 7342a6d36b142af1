import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { source as axe } from 'axe-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawReport } from '../../src/reports/draw.tsx';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { csvOf, HOSTILE, reportOf } from './sample.ts';

describe.skipIf(chromiumPath === undefined)('the report in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Awaited<ReturnType<typeof chromium.launch>>;

  beforeAll(async () => {
    browser = await chromium.launch(launchOptions);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page of a report, and notes everything that goes wrong. */
  async function open(json: string, width: number) {
    const path = join(folder, `${width}.html`);
    writeFileSync(path, drawReport(json, false)[0]!.text);
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('dialog', (dialog) => faults.push(dialog.message()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) faults.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    return { page, faults };
  }

  it.each([
    ['light', 1_400, {}],
    ['dark', 480, {}],
    ['dark', 1_400, { C: '0.1,1', cv: '3', inference: 'true' }],
  ] as const)('has nothing that axe objects to: %s, %i pixels, %j', async (colorScheme, width, body) => {
    const csv = csvOf(HOSTILE, 200, ([a = 0, b = 0]) => (a + b > 1 ? HOSTILE[0]! : HOSTILE[3]!));
    const gate = { state: 'failed', gates: [{ expression: 'f1 > 1', state: 'failed', values: {} }] } as const;
    const { json } = await reportOf(body, csv, undefined, gate);
    const { page } = await open(json, width);
    await page.emulateMedia({ colorScheme });
    // Closed parts are looked at too.
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    // The page's own policy forbids other scripts; the test goes around it.
    await page.evaluate(axe);
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await page.close();
  });

  it('shows everything on paper, and without scripts', async () => {
    const { json } = await reportOf({});
    const path = join(folder, 'paper.html');
    writeFileSync(path, drawReport(json, false)[0]!.text);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(path).href);
    await page.emulateMedia({ media: 'print' });
    for (const text of ['Minimum', 'Mean probability', 'ROC curve, training rows', 'Train it again']) {
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    }
    expect(await page.locator('#slider').isVisible()).toBe(false);
    await context.close();
  });

  it('finds the threshold that costs least', async () => {
    const { json, data } = await reportOf({});
    const { page, faults } = await open(json, 900);
    await page.fill('#ratio', '5');
    await page.click('#cheapest');
    const { fn, fp } = data.curves.test![0]!.thresholds;
    const least = Math.min(...fn.map((missed, i) => 5 * missed + fp[i]!));
    expect(await page.textContent('#now-cost')).toBe(String(least));
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each([480, 1_400])(
    'fits a window of %i pixels with hostile names, and runs none of them',
    async (width) => {
      const csv = csvOf(HOSTILE, 200, ([a = 0, b = 0]) => (a + b > 1 ? HOSTILE[0]! : HOSTILE[2]!));
      const { page, faults } = await open((await reportOf({}, csv)).json, width);
      // The tests have no types of browsers.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(faults).toEqual([]);
      await page.close();
    },
  );
});
