import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { notes } from './notes.ts';

/** What is kept of a path in the log: routes are shorter, and a path may be as long as all headers together. */
const PATH_CHARS_MAX = 200;

/**
 * One line a request: its id (also the answer's `Request-Id`), method, path, status, duration in milliseconds, and
 * of a training its rows, run id and delivery. Never a query, a header, a field or a cell.
 */
export function requestLog(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const id = randomUUID();
    const { method } = request;
    const path = bounded(request.path);
    response.set('Request-Id', id);
    // `close` comes in every case, `finish` only when the caller took the whole answer.
    response.once('close', () => {
      const status = response.statusCode;
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const aborted = !response.writableFinished;
      const { rows, runId, deliveryId, code, cause } = notes(response);
      const outcome = aborted ? { aborted } : { status };
      logger[aborted ? 'warn' : levelOf(status, path)](
        { id, method, path, ...outcome, ms, rows, run_id: runId, delivery: deliveryId, code, cause },
        `${method} ${path} ${aborted ? 'broken off' : status}`,
      );
    });
    next();
  };
}

function bounded(path: string): string {
  return path.length > PATH_CHARS_MAX ? `${path.slice(0, PATH_CHARS_MAX)}…` : path;
}

/** What nobody wants to read a line of each time. */
const ASKED_EVERY_FEW_SECONDS: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

function levelOf(status: number, path: string): 'debug' | 'info' | 'warn' | 'error' {
  // A probe that says "not ready" has done its work; what changed is logged once by itself.
  if (ASKED_EVERY_FEW_SECONDS.has(path) && (status < 400 || status === 503)) return 'debug';
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}
