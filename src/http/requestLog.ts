import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { notes } from './notes.ts';
import { pathOf, type Step } from './step.ts';

/** Characters of a path that are logged. Routes are shorter, but a path may be as long as all headers together. */
const PATH_CHARS_MAX = 200;

/**
 * Logs one line for each request: its id (also the response's `Request-Id`), method, path, status, duration in
 * milliseconds, and for a training its rows, run id and delivery. Queries, headers, fields and cells are never logged.
 */
export function requestLog(logger: Logger): Step {
  return (request, response) => {
    const startedAt = performance.now();
    const id = randomUUID();
    const { method = '' } = request;
    const path = bounded(pathOf(request));
    response.setHeader('Request-Id', id);
    // `close` is always emitted, `finish` only if the client took the whole response.
    response.once('close', () => {
      const status = response.statusCode;
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      const aborted = !response.writableFinished;
      const { rows, runId, deliveryId, code, cause } = notes(response);
      const outcome = aborted ? { aborted } : { status };
      logger[aborted ? 'warn' : levelOf(status, path)](
        { id, method, path, ...outcome, ms, rows, run_id: runId, delivery: deliveryId, code, cause },
        `${method} ${path} ${aborted ? 'aborted' : status}`,
      );
    });
  };
}

function bounded(path: string): string {
  return path.length > PATH_CHARS_MAX ? `${path.slice(0, PATH_CHARS_MAX)}…` : path;
}

/** Paths that probes request every few seconds: a log line for each request would be noise. */
const ASKED_EVERY_FEW_SECONDS: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

function levelOf(status: number, path: string): 'debug' | 'info' | 'warn' | 'error' {
  // A probe that answers "not ready" works as it should. A change of readiness is logged once, by other code.
  if (ASKED_EVERY_FEW_SECONDS.has(path) && (status < 400 || status === 503)) return 'debug';
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}
