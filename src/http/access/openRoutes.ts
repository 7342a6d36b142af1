/**
 * All routes that need no token: the probes, and a route that only says that the service is there. A path that is
 * written in any other way needs the token.
 */
const OPEN_ROUTES: ReadonlySet<string> = new Set(['/test', '/health/live', '/health/ready']);

export function isOpen({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === 'GET' || method === 'HEAD') && OPEN_ROUTES.has(path);
}
