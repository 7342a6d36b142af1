import type { Inference, TermEstimate } from '../../values/inference.ts';
import type { Warning } from '../../values/warning.ts';
import { toDesign } from '../design.ts';
import { ValueError } from '../errors.ts';
import type { Frame } from '../frame.ts';
import { Z_OF_95 } from '../intervals/normal.ts';
import type { ClassCodes } from '../labels.ts';
import { type MaximumLikelihood, maximumLikelihood } from './maximumLikelihood.ts';
import { twoSidedTail } from './normalTail.ts';
import { NOISE_SHARE } from './recession.ts';
import { scaledTerms, type Term } from './scaledTerms.ts';
import { warningsOf } from './warnings.ts';

/** The name of the intercept's term. */
export const INTERCEPT = '(intercept)';

/** Most terms. Their information matrix in doubles takes 8 MB. */
const TERMS_MAX = 1000;

/**
 * Estimates a logistic regression of two classes without a penalty, and how uncertain each estimate is.
 * Standard errors come from the inverse of the information matrix at the maximum. Numbers are those of statsmodels'
 * `Logit`. If a number does not exist, it is null, and a warning says why.
 *
 * @param frame the rows as the file has them, imputed and not scaled; not copied if one source computes with its columns
 * @param codes each row's class, 0 or 1; the estimates are about class 1
 * @param names the names of the frame's columns
 * @throws ValueError if a value is missing or not finite; if a class does not occur or there are more than two
 */
export function inference(frame: Frame, codes: ClassCodes, names: readonly string[]): Inference {
  const counts = countClasses(codes);
  const terms = scaledTerms(frame, names);
  if (terms.length > TERMS_MAX) return tooManyTerms(terms);
  if (terms.length === 0)
    throw new ValueError('There is no column to estimate from: at least one is needed.');
  const design = toDesign({ nSamples: frame.nSamples, columns: terms.map(({ column }) => column) });
  const fit = maximumLikelihood(design, codes);
  return {
    terms: [interceptEstimate(terms, fit), ...terms.map((term, place) => slopeEstimate(term, place, fit))],
    warnings: warningsOf(terms, codes, counts, fit),
  };
}

function countClasses(codes: ClassCodes): readonly [number, number] {
  const counts: [number, number] = [0, 0];
  for (const code of codes) {
    if (code > 1) throw new ValueError('Estimates need two classes, but there are more.');
    counts[code as 0 | 1]++;
  }
  if (counts[0] === 0 || counts[1] === 0) {
    throw new ValueError('Estimates need rows of two classes, but all rows are of one class.');
  }
  return counts;
}

function slopeEstimate(term: Term, place: number, fit: MaximumLikelihood): TermEstimate {
  const direction = new Float64Array(fit.w.length);
  direction[place] = term.scale;
  const isLeftOut = fit.dependences.some((dependence) => dependence.place === place);
  return isLeftOut ? withoutEstimate(term.name) : estimateAlong(term.name, direction, fit);
}

/** The intercept in the units of the file: the score where all columns of the file are 0. */
function interceptEstimate(terms: readonly Term[], fit: MaximumLikelihood): TermEstimate {
  const direction = Float64Array.from([...terms.map(({ offset }) => offset), 1]);
  for (const { place } of fit.dependences) direction[place] = 0;
  return estimateAlong(INTERCEPT, direction, fit);
}

/** Whether a linear function t'w has an estimate. */
function isDetermined(t: Float64Array, { converged, freeDirections }: MaximumLikelihood): boolean {
  return converged && freeDirections.every((direction) => isOrthogonal(t, direction));
}

function isOrthogonal(t: Float64Array, direction: Float64Array): boolean {
  const products = t.map((factor, place) => factor * direction[place]!);
  const size = largestOf(t) * largestOf(direction);
  return Math.abs(products.reduce((sum, product) => sum + product, 0)) <= NOISE_SHARE * size;
}

function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/**
 * Returns the estimate of a linear function t'w. Its variance is t' (L L')^-1 t, the squared length of L^-1 t: a sum of
 * squares, in which nothing cancels.
 */
function estimateAlong(term: string, t: Float64Array, fit: MaximumLikelihood): TermEstimate {
  if (!isDetermined(t, fit)) return withoutEstimate(term);
  const { w, information } = fit;
  const estimate = sumOfProducts(t, w);
  const error = Math.hypot(...information.solveLower(t));
  const margin = Z_OF_95 * error;
  return {
    term,
    estimate: finite(estimate),
    std_error: finite(error),
    z: finite(estimate / error),
    p_value: finite(twoSidedTail(estimate / error)),
    ci_low: finite(estimate - margin),
    ci_high: finite(estimate + margin),
    odds_ratio: finite(Math.exp(estimate)),
  };
}

/** Adds up the products with the rounding errors of the additions, because the terms of an intercept may cancel. */
function sumOfProducts(a: Float64Array, b: Float64Array): number {
  let [sum, errors] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    const value = a[i]! * b[i]!;
    const after = sum + value;
    const added = after - sum;
    errors += sum - (after - added) + (value - added);
    sum = after;
  }
  return sum + errors;
}

function withoutEstimate(term: string): TermEstimate {
  const none = { estimate: null, std_error: null, z: null, p_value: null };
  return { term, ...none, ci_low: null, ci_high: null, odds_ratio: null };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function tooManyTerms(terms: readonly Term[]): Inference {
  const message = `There are ${terms.length} terms, and estimates are computed for at most ${TERMS_MAX}: leave out columns.`;
  return {
    terms: [INTERCEPT, ...terms.map(({ name }) => name)].map(withoutEstimate),
    warnings: [{ code: 'too_many_terms', message } satisfies Warning],
  };
}
