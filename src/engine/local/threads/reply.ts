import {
  BusyError,
  DataError,
  FieldError,
  NotATableError,
  TooLargeError,
  TrainpostError,
} from '../../../errors.ts';
import type { ErrorDetails } from '../../../values/errorData.ts';
import { memoryRefusal, ThreadLostError } from '../errors.ts';

/**
 * A thread's answer. A structured clone would keep only the message of an error, so a client's error crosses as plain
 * data. A fault of ours crosses as it is.
 */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly name: string;
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  | { readonly ok: false; readonly fault: unknown };

const CLASSES = { BusyError, DataError, FieldError, NotATableError, TooLargeError } as const;

/** Does the work, and describes how it ended. */
export async function replyWith<Value>(work: () => Value | Promise<Value>): Promise<Reply<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const told = memoryRefusal(error) ?? error;
    if (!(told instanceof TrainpostError)) return { ok: false, fault: error };
    const { name, code, message, details } = told;
    return { ok: false, name, code, message, details };
  }
}

/** The value of a reply. @throws the thread's error */
export function fromReply<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  if ('fault' in reply) throw reply.fault;
  if (reply.name === ThreadLostError.name) throw new ThreadLostError();
  const Class = CLASSES[reply.name as keyof typeof CLASSES] ?? DataError;
  throw new Class(reply.code, reply.message, reply.details);
}
