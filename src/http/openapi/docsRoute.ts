import { readFile } from 'node:fs/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { relativeReference } from '../links.ts';
import { onlyMethods } from '../methods.ts';
import { docsPage, errorsPage } from './pages.ts';
import { PAGE_STYLE, START_SCRIPT, UI_FILES, type UiFile } from './uiFiles.ts';

/** When the program runs from source, as in tests, it takes the files that copyUi.mjs put into dist. */
const FOLDER = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/http/openapi/ui/' : './ui/',
  import.meta.url,
);
const OWN: Partial<Record<UiFile, string>> = { 'start.js': START_SCRIPT, 'page.css': PAGE_STYLE };

/** Swagger UI has styles in its elements, and pictures in its styles. Everything comes from this service. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /docs`, `GET /docs/errors` and their files: pages for people, which load nothing from elsewhere. */
export function docsRoute(): Router {
  const router = Router();
  const reading = new Map<UiFile, Promise<Buffer>>();
  const readOnce = (name: UiFile) => {
    const known = reading.get(name) ?? readFile(new URL(name, FOLDER));
    reading.set(name, known);
    return known;
  };
  router.route('/docs').get(sendPage(docsPage)).all(onlyMethods('GET', 'HEAD'));
  router.route('/docs/errors').get(sendPage(errorsPage)).all(onlyMethods('GET', 'HEAD'));
  for (const [name, type] of Object.entries(UI_FILES) as [UiFile, string][]) {
    router
      .route(`/docs/${name}`)
      .get(async (_request, response) => {
        // A browser keeps the file, and asks each time whether it is still the same.
        response.set({ 'Content-Type': type, 'Cache-Control': 'no-cache' });
        response.send(OWN[name] ?? (await readOnce(name)));
      })
      .all(onlyMethods('GET', 'HEAD'));
  }
  return router;
}

function sendPage(pageOf: (resolve: (path: string) => string) => string): RequestHandler {
  return ({ path }: Request, response: Response) => {
    response.set('Content-Security-Policy', POLICY);
    response.type('html').send(pageOf((to) => relativeReference(path, to)));
  };
}
