import { Router } from 'express';
import { FieldError, quote } from '../../errors.ts';
import type { Readiness } from '../../observability/readiness.ts';
import { onlyMethods } from '../methods.ts';
import { refuseUnknownParameters } from '../query.ts';

/** The only query parameter of `/health/ready`. */
const EXCLUDE = 'exclude';

/**
 * Probes, which need no token. `GET /health/live` answers as long as the process runs. `GET /health/ready` runs all checks
 * except those in `exclude`: together they say whether a training would be accepted and logged.
 */
export function healthRoute(readiness: Readiness): Router {
  const router = Router();
  router
    .route('/health/live')
    .get((_request, response) => {
      response.json({ live: true });
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/health/ready')
    .get(async (request, response) => {
      const report = await readiness.report(readExcluded(request.query, readiness.names));
      response.status(report.ready ? 200 : 503).json(report);
    })
    .all(onlyMethods('GET', 'HEAD'));
  return router;
}

/** Reads `exclude`. @throws FieldError `unknown_check`, so that a mistake in a probe's URL is noticed */
function readExcluded(
  query: Readonly<Record<string, unknown>>,
  names: readonly string[],
): ReadonlySet<string> {
  refuseUnknownParameters(query, [EXCLUDE]);
  const { [EXCLUDE]: given = [] } = query;
  const excluded = [given].flat().flatMap((text) => String(text).split(','));
  const unknown = excluded.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const says = `Unknown check ${quote(unknown)} in ${EXCLUDE}: the valid checks are listed in "allowed".`;
    throw new FieldError('unknown_check', says, { field: EXCLUDE, value: unknown, allowed: names });
  }
  return new Set(excluded);
}
