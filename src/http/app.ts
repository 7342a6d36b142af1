import type { RequestListener } from 'node:http';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Jobs } from '../jobs/jobs.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Readiness } from '../observability/readiness.ts';
import type { LoadedModels } from '../training/evaluate.ts';
import type { RunsPort } from '../training/runsPort.ts';
import type { TrainingRooms } from '../training/train.ts';
import { refuseCrossSite } from './access/crossSite.ts';
import { checkHead } from './access/head.ts';
import { securityHeaders } from './access/headers.ts';
import { allowHosts } from './access/host.ts';
import { warnOfProxy } from './access/proxy.ts';
import { requireToken } from './access/token.ts';
import { admission } from './admission.ts';
import { varyByAccept } from './answers/sendAnswer.ts';
import { refuseTooMany } from './connections.ts';
import { evaluateRoute } from './evaluate/evaluateRoute.ts';
import { jobsRoute } from './jobs/jobsRoute.ts';
import { docsRoute } from './openapi/docsRoute.ts';
import { linkToDocument, openapiRoute } from './openapi/openapiRoute.ts';
import { pageRoute } from './page/pageRoute.ts';
import { sendProblem } from './problem.ts';
import { requestLog } from './requestLog.ts';
import { deliveriesRoute } from './routes/deliveriesRoute.ts';
import { healthRoute } from './routes/healthRoute.ts';
import { helloRoute } from './routes/helloRoute.ts';
import { homeRoute } from './routes/homeRoute.ts';
import { limitsRoute, type ShownLimit } from './routes/limitsRoute.ts';
import { countRequests, metricsRoute } from './routes/metricsRoute.ts';
import { noSuchRoute } from './routes/notFound.ts';
import { sampleRoute } from './routes/sampleRoute.ts';
import { runsRoute } from './runs/runsRoute.ts';
import {
  directInvocations,
  invocationsRoute,
  type ScoringOptions,
  type ScoringRooms,
} from './scoring/invocationsRoute.ts';
import { modelHealthRoute } from './scoring/modelHealthRoute.ts';
import { modelRoute } from './scoring/modelRoute.ts';
import { predictRoute } from './scoring/predictRoute.ts';
import { asHandler, entrance, type Step, throwFault } from './step.ts';
import type { AnswerWait } from './train/prefer.ts';
import { trainRoute } from './train/trainRoute.ts';
import { UploadSlots } from './upload/slots.ts';
import type { UploadOptions } from './upload/upload.ts';

export interface AccessOptions {
  /** Names and addresses in addition to those of this machine: `name`, `*.name`, an address, or `*`. */
  readonly allowedHosts: readonly string[];
  /** The token that requests must send; if undefined, requests need no token. */
  readonly token?: string;
}

export interface AppOptions {
  readonly logger: Logger;
  readonly access: AccessOptions;
  readonly rooms: TrainingRooms;
  readonly jobs: Jobs;
  readonly models: LoadedModels;
  readonly runs: RunsPort;
  readonly upload: UploadOptions;
  readonly scoring: ScoringRooms & ScoringOptions;
  readonly wait: AnswerWait;
  readonly limits: readonly ShownLimit[];
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** The version of trainpost. */
  readonly version: string;
}

/** Builds the app. A request passes the steps and then the handlers from top to bottom. */
export function createApp(options: AppOptions): RequestListener {
  const { logger, access, rooms, scoring, metrics } = options;
  const steps = [
    requestLog(logger),
    countRequests(metrics),
    securityHeaders,
    linkToDocument,
    varyByAccept,
    refuseTooMany,
    checkHead,
    allowHosts(access.allowedHosts),
    refuseCrossSite,
    access.token === undefined ? warnOfProxy(logger) : requireToken(access.token),
  ];
  const admit = admission(rooms.underWay);
  return entrance(steps, directInvocations(scoring, scoring, admit), createRoutes(options, admit));
}

/** The handlers behind the steps. */
export function createRoutes(options: AppOptions, admit: Step): Express {
  const { rooms, jobs, models, runs, upload, scoring, wait, limits, metrics, readiness, version } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(throwFault);
  // Before `admission`, which rejects requests during a shutdown: probes are still answered, and report the shutdown.
  app.use(healthRoute(readiness));
  app.use(modelHealthRoute(scoring.models, scoring.modelUri, version));
  app.use(metricsRoute(metrics));
  app.use(asHandler(admit));
  app.use(homeRoute());
  app.use(pageRoute());
  app.use(openapiRoute());
  app.use(docsRoute());
  app.use(helloRoute());
  app.use(limitsRoute(limits));
  app.use(sampleRoute());
  const uploads = { ...upload, places: new UploadSlots(upload) };
  // Both routes share the keys and the places for uploads.
  app.use(trainRoute(rooms, jobs, uploads, wait, metrics));
  app.use(evaluateRoute({ ...rooms, models }, jobs, uploads, wait, metrics));
  app.use(invocationsRoute(scoring, scoring));
  app.use(predictRoute({ models: scoring.models, engine: rooms.engine }, scoring, upload));
  app.use(modelRoute(scoring.models, scoring.modelUri));
  app.use(runsRoute(runs));
  app.use(jobsRoute(jobs, rooms.underWay));
  app.use(deliveriesRoute(rooms.deliveries));
  app.use(noSuchRoute);
  app.use(sendProblem);
  return app;
}
