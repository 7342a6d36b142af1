import { Router } from 'express';
import type { ModelStore } from '../../models/port.ts';
import { onlyMethods } from '../methods.ts';
import { modelInfoAnswer } from './modelAnswer.ts';
import { checkQuery, modelOf } from './query.ts';
import { tellAge } from './score.ts';

/**
 * `GET /model`: what a logged model needs, and what it answers.
 * @param modelUri the model of a request that names none
 */
export function modelRoute(models: ModelStore, modelUri: string | undefined): Router {
  const router = Router();
  router
    .route('/model')
    .get(async ({ query }, response) => {
      checkQuery(query, ['model']);
      const ready = await models.load(modelOf(query, modelUri));
      tellAge(ready, response);
      response.json(modelInfoAnswer(ready.model));
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}
