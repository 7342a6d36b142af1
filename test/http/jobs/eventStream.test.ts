import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jobsRoute } from '../../../src/http/jobs/jobsRoute.ts';
import { sendProblem } from '../../../src/http/problem.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let service: TestService;
let server: Server;
let finish: () => void;
let events: string;

/** One stream at a time, and a heartbeat that a test can wait for. */
beforeAll(async () => {
  service = await startTestService();
  const bounds = { streamsMax: 1, heartbeatMs: 20 };
  server = createServer(
    express()
      .use(jobsRoute(service.jobs, service.underWay, bounds))
      .use(sendProblem),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const id = await new Promise<string>((resolve) => {
    void service.jobs.follow('train', async (job) => {
      job.watch.enter('fitting', 2);
      resolve(job.id);
      await held;
    });
  });
  events = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs/${id}/events`;
});
afterAll(async () => {
  server.close();
  await service.close();
});

/** The status of a request whose client leaves at once. */
async function statusOf(url: string): Promise<number> {
  const client = new AbortController();
  const { status } = await fetch(url, { signal: client.signal });
  client.abort();
  return status;
}

/** Opens a stream as soon as the place is free. */
async function openStream(): Promise<Response> {
  for (;;) {
    const stream = await fetch(events);
    if (stream.status === 200) return stream;
    await stream.text();
  }
}

it('answers HEAD at once, and takes no place for it', async () => {
  for (let request = 0; request < 3; request++) {
    const { status, headers } = await fetch(events, { method: 'HEAD' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  }
});

it('sends comments while nothing happens, and frees the place when the client leaves', async () => {
  const client = new AbortController();
  const stream = await fetch(events, { signal: client.signal });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split(': still here').length < 4) text += (await reader.read()).value;
  expect(text).toMatch(/^retry: 1000\n\nevent: job\nid: .*\ndata: \{.*\}\n\n(: still here\n\n)+/);
  expect(await statusOf(events)).toBe(503);
  client.abort();
  await expect.poll(() => statusOf(events)).toBe(200);
});

it('ends the stream with the job', async () => {
  const stream = await openStream();
  finish();
  expect(await stream.text()).toContain('"state":"done"');
  expect(await statusOf(events)).toBe(200);
});
