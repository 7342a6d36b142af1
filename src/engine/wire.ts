import {
  DataError,
  type ErrorDetails,
  FieldError,
  NotATableError,
  TooLargeError,
  TrainpostError,
} from '../errors.ts';

/** A structured clone keeps of an error its message alone, so a thread answers with plain data for both outcomes. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly name: string;
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    };

/** The errors that a caller can mend; anything else is a fault of ours and crosses as it is. */
const CLASSES = { DataError, FieldError, NotATableError, TooLargeError } as const;

/** What a thread answers with. @throws whatever is no error that a caller can mend */
export async function replyWith<Value>(work: () => Value | Promise<Value>): Promise<Reply<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (!(error instanceof TrainpostError)) throw error;
    const { name, code, message, details } = error;
    return { ok: false, name, code, message, details };
  }
}

/** @throws the error that the thread met */
export function fromReply<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  const Class = CLASSES[reply.name as keyof typeof CLASSES] ?? DataError;
  throw new Class(reply.code, reply.message, reply.details);
}
