import type { Json } from '../components.ts';
import type { Route } from './route.ts';

const ID: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of the delivery, as an answer of `POST /train` has it.',
  schema: { type: 'string' },
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
    answers: { 200: { description: 'The deliveries.', json: ['Deliveries'] } },
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
    answers: { 200: { description: 'The delivery.', json: ['Delivery'] } },
    problems: [404, 422],
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
      202: { description: 'The delivery is pending again.', json: ['Delivery'], headers: ['Location'] },
    },
    problems: [404, 409, 422],
  },
];
