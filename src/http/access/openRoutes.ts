import { UI_PATHS } from '../openapi/uiFiles.ts';
import { PAGE_PATHS } from '../page/pageFiles.ts';

/**
 * All routes that need no token: the probes, a route that only says that the service is there, the documentation and the page.
 * Browsers open the last two without a header, and both are the same in every service. A path that is written in any other way needs the
 * token.
 */
const OPEN_ROUTES: ReadonlySet<string> = new Set([
  '/test',
  '/health/live',
  '/health/ready',
  '/',
  '/openapi.json',
  '/postman.json',
  '/docs',
  '/docs/errors',
  ...UI_PATHS,
  ...PAGE_PATHS,
]);

export function isOpen({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === 'GET' || method === 'HEAD') && OPEN_ROUTES.has(path);
}
