import { type Request, Router } from 'express';
import { FieldError, quote } from '../../errors.ts';
import type { DeliveryPort } from '../../training/deliveryPort.ts';
import type { DeliveryState, DeliveryView } from '../../values/delivery.ts';
import { noBody } from '../access/head.ts';
import { onlyMethods } from '../methods.ts';
import { HttpError } from '../problem.ts';
import { refuseUnknownParameters } from '../query.ts';
import { type DeliveryAnswer, deliveryAnswer, deliveryLink } from './deliveryAnswer.ts';

const STATES: readonly string[] = ['pending', 'delivered', 'dead'] satisfies DeliveryState[];

/**
 * `GET /deliveries`, `GET /deliveries/<id>` and `POST /deliveries/<id>/retry`: report how far the delivery of accepted
 * trainings to MLflow is, and retry dead letters.
 */
export function deliveriesRoute(port: DeliveryPort): Router {
  const router = Router();
  router
    .route('/deliveries')
    .get(async (request, response) => {
      const views = await port.list(readState(request));
      response.json({ deliveries: views.map((view) => answered(view, request)) });
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/deliveries/:id')
    .get(async (request, response) => {
      refuseUnknownParameters(request.query, []);
      response.json(answered(await find(port, request.params.id), request));
    })
    .all(onlyMethods('GET', 'HEAD'));
  router
    .route('/deliveries/:id/retry')
    .post(noBody, async (request, response) => {
      refuseUnknownParameters(request.query, []);
      const { id, state } = await find(port, request.params.id);
      if (state !== 'dead' || !(await port.retry(id))) throw notDead(id);
      response.status(202).set('Location', deliveryLink(id, request.path).url);
      response.json(answered(await find(port, id), request));
    })
    .all(onlyMethods('POST'));
  return router;
}

/** @throws HttpError 404 `no_such_delivery` */
async function find(port: DeliveryPort, id: string): Promise<DeliveryView> {
  const view = await port.find(id);
  if (view !== undefined) return view;
  throw new HttpError(
    404,
    'no_such_delivery',
    `Unknown delivery ${quote(id)}, perhaps because it was delivered long ago: GET /deliveries lists pending and dead deliveries.`,
  );
}

function answered(view: DeliveryView, { path }: Request): DeliveryAnswer {
  return deliveryAnswer(view, path, Date.now());
}

/** Reads `state`. @throws FieldError `invalid_state` or `unknown_parameter` */
function readState(request: Request): DeliveryState | undefined {
  refuseUnknownParameters(request.query, ['state']);
  const { state } = request.query;
  if (state === undefined || state === '') return undefined;
  if (typeof state === 'string' && STATES.includes(state)) return state as DeliveryState;
  throw new FieldError('invalid_state', `state must be one of ${STATES.join(', ')}, given once.`, {
    field: 'state',
    allowed: STATES,
  });
}

function notDead(id: string): HttpError {
  return new HttpError(
    409,
    'delivery_not_dead',
    `The delivery ${id} is not dead: only deliveries that MLflow rejected permanently can be retried.`,
  );
}
