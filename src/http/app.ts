import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { TrainingRooms } from '../training/train.ts';
import { refuseTooMany } from './connections.ts';
import { limitsRoute, type ShownLimit } from './limitsRoute.ts';
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
  readonly limits: readonly ShownLimit[];
}

/** The way of a request, from top to bottom. */
export function createApp({ logger, rooms, upload, limits }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger));
  app.use(refuseTooMany);
  app.use(testRoute());
  app.use(limitsRoute(limits));
  app.use(trainRoute(rooms, upload));
  app.use(noSuchRoute);
  app.use(sendProblem);
  return app;
}
