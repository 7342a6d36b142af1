import { describe, expect, it } from 'vitest';
import { ThreadLostError } from '../../../../src/engine/local/errors.ts';
import { fromReply, replyWith } from '../../../../src/engine/local/threads/reply.ts';
import { BusyError, DataError, FieldError, NotATableError, TooLargeError } from '../../../../src/errors.ts';
import { MemoryFullError } from '../../../../src/kernels/memoryBudget.ts';

/** The error as it arrives from a thread. */
async function crossed(error: unknown): Promise<unknown> {
  const reply = await replyWith(() => {
    throw error;
  });
  try {
    return fromReply(structuredClone(reply));
  } catch (told) {
    return told;
  }
}

describe('a reply', () => {
  it('carries a value', async () => {
    expect(fromReply(structuredClone(await replyWith(async () => 5)))).toBe(5);
  });

  it.each([
    new BusyError('busy', 'Busy.', { retryAfterS: 1 }),
    new DataError('data', 'Data.', { row: 1 }),
    new FieldError('field', 'Field.', { field: 'tol' }),
    new NotATableError('table', 'Table.'),
    new TooLargeError('large', 'Large.', { limit: 1, actual: 2 }),
    new ThreadLostError(),
  ])("carries a client's error with its class: %s", async (error) => {
    const told = await crossed(error);
    expect(told).toBeInstanceOf(error.constructor);
    expect(told).toMatchObject({ code: error.code, message: error.message, details: error.details });
  });

  it('carries a fault of ours as it is', async () => {
    const told = await crossed(new TypeError('x is not a function'));
    expect(told).toBeInstanceOf(TypeError);
    expect((told as Error).message).toBe('x is not a function');
  });

  it.each([
    ['for one table', new MemoryFullError(true, 100, 200), DataError, { limit: 100, actual: 200 }],
    ['because others hold it', new MemoryFullError(false, 100, 120), BusyError, { limit: 100, actual: 120 }],
    ['of the system', new RangeError('Array buffer allocation failed'), DataError, {}],
    ['for a new arena', new RangeError('WebAssembly.Memory(): could not allocate memory'), BusyError, {}],
  ])('says what a client can do without memory %s', async (_name, error, Class, details) => {
    const told = await crossed(error);
    expect(told).toBeInstanceOf(Class);
    expect(told).toMatchObject({ details });
  });
});
