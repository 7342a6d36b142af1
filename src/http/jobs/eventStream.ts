import type { Request, Response } from 'express';
import { retryIn } from '../../errors.ts';
import { HttpError } from '../problem.ts';

export interface StreamBounds {
  /** Most streams at once. */
  readonly streamsMax: number;
  /** How often a silent stream sends a comment, so that no proxy takes it for dead. */
  readonly heartbeatMs: number;
}

const STREAM_BOUNDS: StreamBounds = { streamsMax: 32, heartbeatMs: 15_000 };
export const EVENT_STREAM = 'text/event-stream';
/** How long a browser waits before it connects again, in milliseconds. */
const RECONNECT_MS = 1_000;
const RETRY = retryIn(5);

/** The streams of events that are open (HTML Living Standard, 9.2: server-sent events). */
export class EventStreams {
  readonly #bounds: StreamBounds;
  readonly #open = new Set<Response>();

  constructor(bounds: StreamBounds = STREAM_BOUNDS) {
    this.#bounds = bounds;
  }

  /**
   * Begins a stream. @returns sends one event
   * @throws HttpError 503 `too_many_streams`
   */
  begin(request: Request, response: Response): (event: string, id: string, data: unknown) => void {
    const { streamsMax, heartbeatMs } = this.#bounds;
    if (this.#open.size >= streamsMax) throw tooMany(streamsMax);
    this.#open.add(response);
    response.status(200);
    response.set({ 'Content-Type': EVENT_STREAM, 'Cache-Control': 'no-store' });
    // nginx would otherwise keep events back until its buffer is full.
    response.set('X-Accel-Buffering', 'no');
    response.flushHeaders();
    request.socket.setNoDelay(true);
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    const beat = setInterval(() => response.write(': still here\n\n'), heartbeatMs).unref();
    response.once('close', () => {
      clearInterval(beat);
      this.#open.delete(response);
    });
    return (event, id, data) => {
      response.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    };
  }
}

function tooMany(limit: number): HttpError {
  const message = `${limit} streams of events are open already: ${RETRY.advice}, or ask for the job itself.`;
  return new HttpError(503, 'too_many_streams', message, { ...RETRY.details, limit });
}
