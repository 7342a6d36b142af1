import { Router } from 'express';
import { onlyMethods } from '../methods.ts';
import { PAGE_FILES } from './pageFiles.ts';
import { digestOf, sendPageFile } from './sendPage.ts';

/** The page names its files with their digest: under such an address a file never changes. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

/** `GET /page/<file>`: the script, the styles and the icon of the page at `/`. */
export function pageRoute(): Router {
  const router = Router();
  for (const [name, type] of Object.entries(PAGE_FILES)) {
    router
      .route(`/page/${name}`)
      .get((request, response) => {
        // A page of another version may still be open somewhere.
        const isNamed = request.query['v'] === digestOf(name);
        response.set('Cache-Control', isNamed ? FOR_GOOD : 'no-cache');
        sendPageFile(request, response, name, type);
      })
      .all(onlyMethods('GET', 'HEAD'));
  }
  return router;
}
