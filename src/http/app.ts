import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { TrainingRooms } from '../training/train.ts';
import { admission } from './admission.ts';
import type { AnswerWait } from './answerTraining.ts';
import { deliveriesRoute } from './deliveriesRoute.ts';
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
  readonly wait: AnswerWait;
}

/** The way of a request, from top to bottom. */
export function createApp({ logger, rooms, upload, wait }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger));
  app.use(admission(rooms.underWay));
  app.use(testRoute());
  app.use(trainRoute(rooms, upload, wait));
  app.use(deliveriesRoute(rooms.deliveries));
  app.use(noSuchRoute);
  app.use(sendProblem);
  return app;
}
