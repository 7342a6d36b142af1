import type { z } from 'zod';

/** The type without names, with all arrays and keys readonly, so that two ways to write one type are equal. */
export type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * Gives back a schema whose output is exactly the type of an answer. A key that only one of them has, or that has another
 * type, is an error of the compiler: there is no second copy that could differ.
 */
export function answerOf<Answer>() {
  return <Schema extends z.ZodType>(
    schema: IsSame<Plain<z.output<Schema>>, Plain<Answer>> extends true ? Schema : never,
  ): Schema => schema;
}
