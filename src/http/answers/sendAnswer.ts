import type { Request, Response } from 'express';
import { HttpError } from '../problem.ts';
import { pathOf, type Step } from '../step.ts';
import { type Answer, bodyOf } from './answer.ts';
import { isNegotiated, preferred, REPRESENTATIONS, type Representation } from './representations.ts';
import { sendBody } from './sendBody.ts';

const TYPES = Object.values(REPRESENTATIONS);

/** Says on every answer whose form the client may choose that `Accept` chooses it. */
export const varyByAccept: Step = (request, response) => {
  if (isNegotiated(pathOf(request))) response.setHeader('Vary', 'Accept');
};

/**
 * The form that the client asks for.
 * @throws HttpError 406 `not_acceptable` if there is no such form
 */
export function requireRepresentation({ headers: { accept } }: Pick<Request, 'headers'>): Representation {
  const kind = preferred(accept);
  if (kind !== undefined) return kind;
  throw new HttpError(
    406,
    'not_acceptable',
    `The answer has none of the types in Accept: accept one of ${TYPES.join(', ')}. /docs describes them.`,
    { field: 'Accept', value: accept ?? '', allowed: TYPES },
  );
}

/** Sends an answer in the form that the client asks for. The status and the headers are set before. */
export async function sendAnswer(response: Response, answer: Answer): Promise<void> {
  const kind = requireRepresentation(response.req);
  if (kind === 'json') response.json(answer.json);
  else sendBody(response, await bodyOf(kind, answer));
}
