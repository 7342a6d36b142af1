import type { Json } from '../components.ts';
import { deliveryLinks } from './parameters.ts';
import type { Route } from './route.ts';

const DELIVERY = '9b2f3b1e-6f0c-4a57-8d3e-0c5a7f2d1e64';

const PENDING = {
  id: DELIVERY,
  url: `../deliveries/${DELIVERY}`,
  state: 'pending',
  accepted_at: '2026-11-30T06:00:00.000Z',
  ended_at: null,
  age_s: 0.1,
  attempts: 0,
  last_error: null,
  experiment: 'Exams',
  run: { id: null, name: 'second', url: null, experiment_id: null },
  model: null,
};

const UNKNOWN = {
  type: '../docs/errors#no_such_delivery',
  title: 'Not found',
  status: 404,
  detail: `Unknown delivery "${DELIVERY}", perhaps because it was delivered long ago: GET /deliveries lists pending and dead deliveries.`,
  instance: `/deliveries/${DELIVERY}`,
  code: 'no_such_delivery',
  docs: '../docs',
  example: 'curl -F train_file=@data.csv http://127.0.0.1:5005/train',
};

const NOT_DEAD = {
  type: '../../docs/errors#delivery_not_dead',
  title: 'Conflict',
  status: 409,
  detail: `The delivery ${DELIVERY} is not dead: only deliveries that MLflow rejected permanently can be retried.`,
  instance: `/deliveries/${DELIVERY}/retry`,
  code: 'delivery_not_dead',
};

const ID: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the delivery, as an answer of `POST /train` has it.',
  schema: { type: 'string' },
  example: DELIVERY,
};

const STATE: Json = {
  name: 'state',
  in: 'query',
  description: 'Only deliveries of this state; empty counts as not given.',
  schema: { enum: ['', 'pending', 'delivered', 'dead'] },
};

export const deliveryRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/deliveries',
    id: 'listDeliveries',
    tag: 'Deliveries',
    summary: 'List deliveries to MLflow',
    description: 'Lists the pending deliveries and then the dead ones, or those of one state.',
    parameters: [STATE],
    answers: {
      200: {
        description: 'The deliveries.',
        json: ['Deliveries'],
        links: deliveryLinks('/deliveries/0/id', 'getDelivery', 'retryDelivery'),
      },
    },
    problems: [422],
    examples: [{ name: 'noDelivery', summary: 'Nothing waits', status: 200, answer: { deliveries: [] } }],
  },
  {
    method: 'get',
    path: '/deliveries/{id}',
    id: 'getDelivery',
    tag: 'Deliveries',
    summary: 'Look at one delivery',
    parameters: [ID],
    answers: {
      200: {
        description: 'The delivery.',
        json: ['Delivery'],
        links: deliveryLinks('/id', 'retryDelivery'),
      },
    },
    problems: [404, 422],
    examples: [
      {
        name: 'pending',
        summary: 'MLflow does not have the run yet',
        delivery: 'pending',
        status: 200,
        answer: PENDING,
      },
      {
        name: 'unknown',
        summary: 'A delivery that does not exist',
        status: 404,
        answer: UNKNOWN,
      },
    ],
  },
  {
    method: 'post',
    path: '/deliveries/{id}/retry',
    id: 'retryDelivery',
    tag: 'Deliveries',
    summary: 'Retry a dead delivery',
    description: 'Makes a dead delivery pending again. The request has no body.',
    parameters: [ID],
    answers: {
      202: {
        description: 'The delivery is pending again.',
        json: ['Delivery'],
        headers: ['Location'],
        links: deliveryLinks('/id', 'getDelivery'),
      },
    },
    problems: [404, 409, 422],
    examples: [
      {
        name: 'retried',
        summary: 'The delivery is pending again',
        delivery: 'dead',
        status: 202,
        answer: {
          ...PENDING,
          url: `../../deliveries/${DELIVERY}`,
          attempts: 1,
          last_error: { code: 'run_deleted', detail: 'Somebody deleted the run.' },
        },
      },
      {
        name: 'notDead',
        summary: 'A delivery that needs no retry',
        delivery: 'pending',
        status: 409,
        answer: NOT_DEAD,
      },
    ],
  },
];
