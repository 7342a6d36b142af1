import type { Request, RequestHandler } from 'express';
import type { Jobs } from '../../jobs/jobs.ts';
import type { FormTable } from '../../training/fields/table.ts';
import { requireRepresentation } from '../answers/sendAnswer.ts';
import { refuseUnknownParameters } from '../query.ts';
import { keyInUse, readKey } from './idempotency.ts';
import { type Preferences, readPreferences } from './prefer.ts';

/** What the headers of a request say, before its body arrives. */
export interface Head {
  readonly startedAt: number;
  readonly preferences: Preferences;
  readonly keyDigest: string | undefined;
  /** Releases the `Idempotency-Key`. */
  readonly letGo: () => void;
}

/**
 * Reads the headers, and rejects what can be rejected before a long upload. The route checks later whether MLflow is there
 * and whether the work can be kept: a dry run needs neither, and `dry_run` may follow the file.
 */
export function readHead(jobs: Jobs, { names }: FormTable, heads: WeakMap<Request, Head>): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const [field] = Object.keys(request.query);
    const example = field !== undefined && names.includes(field) ? field : 'name';
    refuseUnknownParameters(request.query, [], `send form fields instead (curl -F ${example}=...)`);
    requireRepresentation(request);
    const keyDigest = readKey(request);
    const letGo = keyDigest === undefined ? () => undefined : jobs.keys.reserve(keyDigest);
    if (letGo === undefined) throw keyInUse();
    // Releases the key of an upload that never becomes work.
    response.once('close', letGo);
    heads.set(request, { startedAt, preferences: readPreferences(request.headers), keyDigest, letGo });
    next();
  };
}
