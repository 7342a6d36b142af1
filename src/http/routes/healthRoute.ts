import { Router } from 'express';
import { FieldError, quote } from '../../errors.ts';
import type { Readiness } from '../../observability/readiness.ts';
import { onlyMethods } from '../methods.ts';
import { refuseUnknownParameters } from '../query.ts';

/** The one name that the query of `/health/ready` may have. */
const EXCLUDE = 'exclude';

/**
 * Probes, which need no token. `GET /health/live` answers as long as the process does; `GET /health/ready` says check
 * by check whether a training can be taken and logged, without those that `exclude` names.
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

/** @throws FieldError for a check that there is not, so that a mistake in a probe's address is seen */
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
