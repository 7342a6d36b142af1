import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobAnswer } from '../../src/client.ts';

type Step = JobAnswer | 'cut' | 'hang';

/** A server with one job, whose events are given. It shows what a client asks. */
export interface JobServer {
  readonly url: string;
  readonly asked: string[];
  /** The body of each POST. */
  readonly bodies: string[];
  /** Resolves when a client hangs on the events. */
  readonly hanging: Promise<void>;
  close(): Promise<void>;
}

export function jobOf(state: JobAnswer['state'], more: Partial<JobAnswer> = {}): JobAnswer {
  return {
    id: 'job1',
    kind: 'train',
    state,
    progress: { stage: state, done: 0, total: 0, rows: 0, iterations: 0, share: 0.5 },
    place: null,
    accepted_at: '2026-01-01T00:00:00.000Z',
    ended_at: null,
    url: 'jobs/job1',
    events_url: 'jobs/job1/events',
    ...more,
  };
}

/**
 * Starts the server.
 * @param steps the events; `cut` ends the connection, and `hang` leaves it open
 * @param cancelled the status and body of DELETE
 */
export async function startJobServer(
  steps: readonly Step[],
  cancelled: readonly [number, unknown] = [200, jobOf('cancelled')],
): Promise<JobServer> {
  const asked: string[] = [];
  const bodies: string[] = [];
  let hangs = () => {};
  const hanging = new Promise<void>((resolve) => {
    hangs = resolve;
  });
  let shown = jobOf('fitting');
  const events = (request: IncomingMessage, response: ServerResponse) => {
    const first = Number(request.headers['last-event-id'] ?? -1) + 1;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('retry: 10\r\n\r\n: heartbeat\n\n');
    for (const [index, step] of [...steps.entries()].slice(first)) {
      if (step === 'hang') return hangs();
      if (step === 'cut') {
        // The events before this one must not be sent again, so the cut has an id too.
        response.write(`id: ${index}\n\n`, () => response.destroy());
        return;
      }
      shown = step;
      response.write(`event: job\nid: ${index}\ndata: ${JSON.stringify(step)}\n\n`);
    }
    response.end();
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      if (request.method === 'POST') {
        bodies.push(Buffer.concat(chunks).toString());
        answer(202, jobOf('queued', { place: 2 }));
      } else if (request.method === 'DELETE') answer(...cancelled);
      else if (request.url?.endsWith('/events')) events(request, response);
      else answer(200, request.url === '/jobs' ? { jobs: [shown] } : shown);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    bodies,
    hanging,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
