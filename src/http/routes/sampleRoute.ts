import { readFile } from 'node:fs/promises';
import { Router } from 'express';
import { onlyMethods } from '../methods.ts';
import { refuseUnknownParameters } from '../query.ts';

/** The file is beside the sources and beside what is built of them. */
const SAMPLE = new URL('../../../data/diabetes.csv', import.meta.url);

/** `GET /sample.csv`: a table to try the service with. */
export function sampleRoute(): Router {
  const router = Router();
  router
    .route('/sample.csv')
    .get(async ({ query }, response) => {
      refuseUnknownParameters(query, []);
      response.set('Content-Disposition', 'inline; filename="diabetes.csv"');
      response.type('text/csv').send(await readFile(SAMPLE, 'utf8'));
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
