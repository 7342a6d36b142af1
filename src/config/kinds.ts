import { z } from 'zod';

/** What the values of settings may be. A setting's own file says which of them it is, and its default. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, {
      error: `wants a whole number from ${min} to ${max}`,
    })
    .transform(Number);

export const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'wants an http:// or https:// address of an MLflow server, such as http://127.0.0.1:5000',
  })
  .transform((value) => value.replace(/\/+$/, ''));

/** What a header can carry as a bearer token. */
export const headerToken = z.string().regex(/^[\x21-\x7e]+$/, {
  error: 'wants a token without spaces, line ends and other characters that no header can have',
});
