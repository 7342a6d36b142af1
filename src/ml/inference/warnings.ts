import type { Warning } from '../../values/warning.ts';
import type { ClassCodes } from '../labels.ts';
import type { MaximumLikelihood } from './maximumLikelihood.ts';
import type { Dependence } from './orderedCholesky.ts';
import { NOISE_SHARE } from './recession.ts';
import type { Term } from './scaledTerms.ts';
import { separatingTerms } from './separatingTerms.ts';

/** Fewer rows of the rarer class a term make estimates and their errors unreliable (Peduzzi et al. 1996). */
const ROWS_A_TERM_MIN = 10;
/** Names in a message; the number of the others follows. */
const NAMES_MAX = 5;
/** Coefficients of a linear combination that are smaller, relative to the largest, are rounding error. */
const COEFFICIENT_MIN = 1e-6;

/** Returns warnings about what the estimates of a fit lack. */
export function warningsOf(
  terms: readonly Term[],
  codes: ClassCodes,
  counts: readonly [number, number],
  fit: MaximumLikelihood,
): Warning[] {
  return [
    ...fit.dependences.map((dependence) => singular(dependence, terms)),
    ...separation(terms, codes, fit),
    ...fewRows(terms.length - fit.dependences.length, Math.min(...counts)),
  ];
}

function singular({ place, combination }: Dependence, terms: readonly Term[]): Warning {
  const name = JSON.stringify(terms[place]!.name);
  // The intercept's coefficient is left out: it only says where a column begins.
  const sizes = terms.map((_, j) => Math.abs(combination[j]!));
  const largest = Math.max(...sizes);
  const others = terms.filter((_, j) => sizes[j]! > COEFFICIENT_MIN * Math.max(largest, COEFFICIENT_MIN));
  const why =
    others.length === 0
      ? 'has one value in all rows'
      : `is a linear combination of ${listed(others.map((term) => term.name))}`;
  const message = `The term ${name} ${why}, so it has no estimate of its own, and the other terms are estimated without it.`;
  return { code: 'singular_design', message };
}

function separation(terms: readonly Term[], codes: ClassCodes, fit: MaximumLikelihood): Warning[] {
  if (fit.separation === 'none' && fit.converged) return [];
  const alone = separatingTerms(terms, codes);
  const separating =
    alone.length === 0 ? '' : ` ${listed(alone)} ${alone.length === 1 ? 'does' : 'do'} so alone.`;
  const advice = 'Leave out the terms that give the class away, or send more rows.';
  if (fit.separation === 'complete') {
    const says =
      'A linear combination of the columns separates the classes completely, so no estimate exists.';
    return [{ code: 'complete_separation', message: `${says}${separating} ${advice}` }];
  }
  if (fit.separation === 'quasi-complete' || alone.length > 0) {
    const names = terms.filter((_, place) => isFree(fit, place)).map(({ name }) => name);
    const grows = names.length === 0 ? 'No estimate exists.' : `No estimate exists for ${listed(names)}.`;
    const says = `The columns separate some rows of one class from all rows of the other class. ${grows}`;
    return [{ code: 'quasi_separation', message: `${says}${separating} ${advice}` }];
  }
  const message = `The fit without a penalty did not converge in ${fit.nIter} iterations, so there are no estimates. ${advice}`;
  return [{ code: 'inference_not_converged', message }];
}

/** Whether a parameter moves along a direction that has no estimate. */
function isFree({ freeDirections }: MaximumLikelihood, place: number): boolean {
  return freeDirections.some(
    (direction) => Math.abs(direction[place]!) > NOISE_SHARE * Math.max(...direction.map(Math.abs)),
  );
}

function fewRows(nTerms: number, rarer: number): Warning[] {
  if (rarer >= ROWS_A_TERM_MIN * nTerms) return [];
  const says = `The rarer class has ${rarer} rows for ${nTerms} terms.`;
  const message = `${says} With fewer than ${ROWS_A_TERM_MIN} rows a term, estimates and p-values can be far off.`;
  return [{ code: 'few_rows_per_term', message }];
}

function listed(names: readonly string[]): string {
  const quoted = names.slice(0, NAMES_MAX).map((name) => JSON.stringify(name));
  const rest = names.length - quoted.length;
  if (rest > 0) return `${quoted.join(', ')} and ${rest} more`;
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
