import {
  DataError,
  type ErrorDetails,
  FieldError,
  NotATableError,
  TooLargeError,
  type TrainpostError,
} from '../errors.ts';
import type { Fitted } from './fit.ts';

/** A structured clone keeps of an error its message alone, so a thread answers with plain data for both outcomes. */
export type Reply =
  | { readonly ok: true; readonly fitted: Fitted }
  | {
      readonly ok: false;
      readonly name: string;
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    };

/** The errors that a caller can mend; anything else is a fault of ours and crosses as it is. */
const CLASSES = { DataError, FieldError, NotATableError, TooLargeError } as const;

export function toReply(error: TrainpostError): Reply {
  const { name, code, message, details } = error;
  return { ok: false, name, code, message, details };
}

/** @throws the error that the thread met */
export function fromReply(reply: Reply): Fitted {
  if (reply.ok) return reply.fitted;
  const Class = CLASSES[reply.name as keyof typeof CLASSES] ?? DataError;
  throw new Class(reply.code, reply.message, reply.details);
}
