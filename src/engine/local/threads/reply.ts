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
 * What a thread answers with. A structured clone keeps of an error its message alone, so one that a caller is told of
 * crosses as plain data; a fault of ours crosses as it is. So whatever else a thread's task ends with, the thread is lost.
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

/** Does the work, and says how it ended. */
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

/** @throws the error that the thread met */
export function fromReply<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  if ('fault' in reply) throw reply.fault;
  if (reply.name === ThreadLostError.name) throw new ThreadLostError();
  const Class = CLASSES[reply.name as keyof typeof CLASSES] ?? DataError;
  throw new Class(reply.code, reply.message, reply.details);
}
