import type { z } from 'zod';

export type Unit = 'bytes' | 'characters' | 'ms' | 'count' | 'percent';

/** What the text of a setting may be, and the value that is read from the text. */
export interface Kind<Value> {
  /** The texts that are allowed; completes the sentence "PORT must be …". */
  readonly allowed: string;
  readonly schema: z.ZodType<Value, string>;
  readonly unit?: Unit;
  /** The number that people see, if the value that the program works with is another number. */
  shown?(value: Value): number;
}

/** The message for a text that is not allowed. */
export function mustBe(allowed: string) {
  return { error: `must be ${allowed}` };
}
