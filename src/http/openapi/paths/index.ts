import { deliveryRoutes } from './deliveries.ts';
import { jobRoutes } from './jobs.ts';
import { modelRoutes } from './models.ts';
import type { Route } from './route.ts';
import { runRoutes } from './runs.ts';
import { serviceRoutes } from './service.ts';
import { trainRoutes } from './train.ts';

/**
 * Every operation of the document. To add a route: add a row to the file of its topic, or a file with a row here. Its answers
 * have schemas below `answers/`, and names in components.ts.
 */
export const ROUTES: readonly Route[] = [
  ...trainRoutes,
  ...runRoutes,
  ...modelRoutes,
  ...jobRoutes,
  ...deliveryRoutes,
  ...serviceRoutes,
];
