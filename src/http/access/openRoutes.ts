import type { Request } from 'express';

/**
 * All routes that want no token: what probes ask, and what tells no more than that the service is there. A path that is
 * written in any other way wants one.
 */
const OPEN_ROUTES: ReadonlySet<string> = new Set([
  '/test',
  '/ping',
  '/health',
  '/health/live',
  '/health/ready',
]);

export function isOpen({ method, path }: Pick<Request, 'method' | 'path'>): boolean {
  return (method === 'GET' || method === 'HEAD') && OPEN_ROUTES.has(path);
}
