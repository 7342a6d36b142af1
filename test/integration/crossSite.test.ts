import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, launchOptions } from '../support/chromium.ts';
import { startTestService, type TestService } from '../support/service.ts';

const CSV = `a,Outcome\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}\n`).join('')}`;

/** Trains from a page in the browser. Returns the status that the page sees, or the error if the page sees no status. */
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

describe.skipIf(chromiumPath === undefined)('a page in a real browser', () => {
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
    // Without bypassCSP, the page's own policy would stop requests that the service must refuse.
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

  it('can train if it comes from trainpost', async () => {
    await page.goto(`http://localhost:${port}/test`);
    expect(await trainFrom(page, '/train', 'cors')).toBe(200);
    expect(service.desk.entries).toHaveLength(1);
  });

  it.each(['cors', 'no-cors'] as const)(
    'cannot train by fetch (%s) if it comes from another site',
    async (mode) => {
      await page.goto(evilUrl);
      const shown = await trainFrom(page, `http://localhost:${port}/train`, mode);
      // Cross-Origin-Resource-Policy hides even that there was an answer.
      expect(shown).toBe('TypeError: Failed to fetch');
      expect(service.desk.entries).toEqual([]);
      await expect.poll(refusals).toContain('POST cross_site');
    },
  );

  it('cannot train if it comes from another port of this machine', async () => {
    await page.goto(`http://localhost:${new URL(evilUrl).port}`);
    await trainFrom(page, `http://localhost:${port}/train`, 'no-cors');
    expect(service.desk.entries).toEqual([]);
    await expect.poll(refusals).toContain('POST cross_site');
  });

  it('cannot send a form if it comes from another site', async () => {
    await page.goto(evilUrl);
    await page.click('button');
    await expect.poll(text).toContain('cross_site');
  });

  it('cannot load an image, but can link to trainpost, if it comes from another site', async () => {
    await page.goto(evilUrl);
    await expect.poll(refusals).toContain('GET cross_site');
    await page.click('a');
    await expect.poll(text).toContain('Hello World');
  });

  it('can read nothing under a name that was made to point to this machine', async () => {
    await page.goto(`http://rebound.example:${port}/test`);
    expect(await text()).toContain('host_not_allowed');
    expect(await trainFrom(page, '/train', 'cors')).toBe(403);
    expect(service.desk.entries).toEqual([]);
  });
});
