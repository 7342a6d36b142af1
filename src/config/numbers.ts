import { z } from 'zod';
import { type Kind, mustBe, type Unit } from './kind.ts';

const NUMBERS: Readonly<Record<Unit, string>> = {
  bytes: 'a whole number of bytes',
  characters: 'a whole number of characters',
  ms: 'a whole number of milliseconds',
  count: 'a whole number',
  percent: 'a whole number of percent',
};

const whole =
  (unit: Unit) =>
  (min: number, max: number): Kind<number> => {
    const allowed = `${NUMBERS[unit]} from ${min} to ${max}`;
    const isAllowed = (text: string) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
    return { allowed, unit, schema: z.string().refine(isAllowed, mustBe(allowed)).transform(Number) };
  };

export const bytes = whole('bytes');
export const characters = whole('characters');
export const ms = whole('ms');
export const count = whole('count');

const PERCENT = 100;

/** Set in percent, and read as a share from 0 to 1. */
export const percent = (min: number, max: number): Kind<number> => {
  const kind = whole('percent')(min, max);
  return {
    ...kind,
    schema: kind.schema.transform((value) => value / PERCENT),
    shown: (share) => Math.round(share * PERCENT),
  };
};
