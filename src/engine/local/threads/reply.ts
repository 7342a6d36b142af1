import { fromData, TrainpostError, toData } from '../../../errors.ts';
import type { ErrorData } from '../../../values/errorData.ts';
import { memoryRefusal, ThreadLostError } from '../errors.ts';

/**
 * A thread's answer. A structured clone would keep only the message of an error, so a client's error crosses as plain
 * data. A fault of ours crosses as it is.
 */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ErrorData }
  | { readonly ok: false; readonly fault: unknown };

/** Does the work, and describes how it ended. */
export async function replyWith<Value>(work: () => Value | Promise<Value>): Promise<Reply<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (cause) {
    const error = memoryRefusal(cause) ?? cause;
    return error instanceof TrainpostError
      ? { ok: false, error: toData(error) }
      : { ok: false, fault: error };
  }
}

/** The value of a reply. @throws the thread's error */
export function fromReply<Value>(reply: Reply<Value>): Value {
  if (reply.ok) return reply.value;
  if ('fault' in reply) throw reply.fault;
  throw reply.error.name === ThreadLostError.name ? new ThreadLostError() : fromData(reply.error);
}
