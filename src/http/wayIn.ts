import type { Request } from 'express';
import { relativeReference } from './links.ts';

/** Where a client that has lost its way finds the routes. `GET /`, 404 and 406 have these keys. */
export interface Directions {
  /** The pages of all routes, relative to the address of the request. */
  readonly docs: string;
  /** A line for a shell that trains. */
  readonly example: string;
}

type Asked = Pick<Request, 'path' | 'headers'>;

export function directionsFrom({ path, headers }: Asked): Directions {
  // The host is as the client named it, and was checked before.
  const host = headers.host ?? '127.0.0.1:5005';
  return {
    docs: relativeReference(path, 'docs'),
    example: `curl -F train_file=@data.csv http://${host}/train`,
  };
}
