import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../observability/metrics.ts';
import type { Readiness } from '../observability/readiness.ts';
import type { TrainingRooms } from '../training/train.ts';
import { healthRoute } from './healthRoute.ts';
import { countRequests, metricsRoute } from './metricsRoute.ts';
import { noSuchRoute } from './notFound.ts';
import { sendProblem } from './problem.ts';
import { requestLog } from './requestLog.ts';
import { testRoute } from './testRoute.ts';
import { trainRoute } from './trainRoute.ts';
import type { UploadOptions } from './upload.ts';

export interface AppOptions {
  readonly logger: Logger;
  readonly rooms: TrainingRooms;
  readonly upload: UploadOptions;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}

/** The way of a request, from top to bottom. */
export function createApp({ logger, rooms, upload, metrics, readiness }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger));
  app.use(countRequests(metrics));
  app.use(healthRoute(readiness));
  app.use(metricsRoute(metrics));
  app.use(testRoute());
  app.use(trainRoute(rooms, upload, metrics));
  app.use(noSuchRoute);
  app.use(sendProblem);
  return app;
}
