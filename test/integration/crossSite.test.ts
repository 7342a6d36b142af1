import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { startTestService, type TestService } from '../support/service.ts';

const CSV = `a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`;

/** What a page does to train, in the browser: gives the status that it is shown, or why it is shown none. */
function trainFrom(page: Page, url: string, mode: 'cors' | 'no-cors'): Promise<number | string> {
  return page.evaluate(
    async ([to, how, text]) => {
      const form = new FormData();
      form.set('train_file', new Blob([text as string]), 'a.csv');
      try {
        const answer = await fetch(to as string, {
          method: 'POST',
          body: form,
          mode: how as 'cors' | 'no-cors',
        });
        return answer.status;
      } catch (error) {
        return String(error);
      }
    },
    [url, mode, CSV],
  );
}

describe.skipIf(chromiumPath === undefined)('pages in a real browser', () => {
  let service: TestService;
  let evil: Server;
  let evilUrl: string;
  let port: string;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    service = await startTestService();
    port = new URL(service.url).port;
    evil = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        `<a href="http://localhost:${port}/test">link</a>
         <form method="post" enctype="multipart/form-data" action="http://localhost:${port}/train">
           <input name="dry_run" value="true"><button>send</button>
         </form>
         <img src="http://localhost:${port}/test">`,
      );
    });
    evil.listen(0, '127.0.0.1');
    await once(evil, 'listening');
    evilUrl = `http://evil.example:${(evil.address() as AddressInfo).port}`;
    const args = [...launchOptions.args, '--host-resolver-rules=MAP *.example 127.0.0.1'];
    browser = await chromium.launch({ ...launchOptions, args });
    // Else the page's own policy would stop what the service is to refuse.
    page = await (await browser.newContext({ bypassCSP: true })).newPage();
  });
  afterAll(async () => {
    await browser?.close();
    evil?.close();
    await service?.close();
  });
  beforeEach(() => {
    service.desk.reset();
    service.lines.length = 0;
  });

  const refusals = () => service.lines.map(({ method, code }) => `${method} ${code}`);
  const text = () => page.locator('body').textContent();

  it('of ours can train', async () => {
    await page.goto(`http://localhost:${port}/test`);
    expect(await trainFrom(page, '/train', 'cors')).toBe(200);
    expect(service.desk.entries).toHaveLength(1);
  });

  it.each(['cors', 'no-cors'] as const)('of another site cannot, by fetch (%s)', async (mode) => {
    await page.goto(evilUrl);
    const told = await trainFrom(page, `http://localhost:${port}/train`, mode);
    // Not even that there was an answer: Cross-Origin-Resource-Policy.
    expect(told).toBe('TypeError: Failed to fetch');
    expect(service.desk.entries).toEqual([]);
    await expect.poll(refusals).toContain('POST cross_site');
  });

  it('on another port of this machine cannot', async () => {
    await page.goto(`http://localhost:${new URL(evilUrl).port}`);
    await trainFrom(page, `http://localhost:${port}/train`, 'no-cors');
    expect(service.desk.entries).toEqual([]);
    await expect.poll(refusals).toContain('POST cross_site');
  });

  it('of another site cannot send a form', async () => {
    await page.goto(evilUrl);
    await page.click('button');
    await expect.poll(text).toContain('cross_site');
  });

  it('of another site cannot load an image, and can link here', async () => {
    await page.goto(evilUrl);
    await expect.poll(refusals).toContain('GET cross_site');
    await page.click('a');
    await expect.poll(text).toContain('Hello World');
  });

  it('under a name that was made to point here reads nothing', async () => {
    await page.goto(`http://rebound.example:${port}/test`);
    expect(await text()).toContain('host_not_allowed');
    expect(await trainFrom(page, '/train', 'cors')).toBe(403);
    expect(service.desk.entries).toEqual([]);
  });
});
