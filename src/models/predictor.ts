import { DataError, quote } from '../errors.ts';
import type { ClassLabel } from '../values/dataset.ts';
import type { ModelDescription } from '../values/loadedModel.ts';
import { type CompiledPipeline, compilePipeline, type NumberTerm, type TextTerms } from './compile.ts';
import type { Contributions, FeatureColumn, Prediction, PredictOptions, Predictor } from './port.ts';

/** What a prediction reads again and again. */
interface Plan extends CompiledPipeline {
  /** Names of the features. */
  readonly features: readonly string[];
  /** Shape `(nScores, terms)`. */
  readonly coef: readonly Float64Array[];
}

/** The cells of a prediction under way. */
interface Cells {
  readonly columns: readonly FeatureColumn[];
  readonly rows: number;
}

/**
 * Makes what predicts with a model. It computes what the pipeline's estimators compute, without their columns in between:
 * each value is multiplied with its coefficient as soon as it is transformed.
 *
 *     score_k = intercept_k + sum over j of coef_kj * transformed value_j
 *
 * Two classes have one score, and the logistic function of it; more classes have the softmax of their scores. A text that
 * the encoder does not know adds nothing to a score, and neither does a missing text that no imputer fills.
 * @throws PipelineShapeError if the sizes of the steps do not fit together
 */
export function createPredictor(description: Pick<ModelDescription, 'pipeline' | 'features'>): Predictor {
  const compiled = compilePipeline(description);
  const plan: Plan = {
    ...compiled,
    features: description.features.map(({ name }) => name),
    coef: compiled.regression.coef.map((row) => Float64Array.from(row)),
  };
  return { predict: (columns, rows, options) => predict(plan, { columns, rows }, options) };
}

function predict(plan: Plan, cells: Cells, options: PredictOptions = {}): Prediction {
  const { rows, columns } = cells;
  if (columns.length !== plan.features.length) {
    throw new TypeError(`The model has ${plan.features.length} features, but got ${columns.length} columns.`);
  }
  const contributions = options.explain === true ? contributionsOf(plan, rows) : undefined;
  const nClasses = plan.regression.classes.length;
  const probabilities = new Float64Array(rows * nClasses);
  const nScores = plan.coef.length;
  // The scores of a row stand where its last probabilities will stand.
  for (let k = 0; k < nScores; k++) {
    const to = { scores: probabilities, first: nClasses - nScores + k, stride: nClasses };
    addScores(plan, cells, k, to, contributions?.values);
  }
  const labels =
    nScores === 1 ? labelsOfTwo(plan, probabilities, rows) : labelsOfMany(plan, probabilities, rows);
  return contributions === undefined ? { labels, probabilities } : { labels, probabilities, contributions };
}

function contributionsOf({ names, coef, regression }: Plan, rows: number): Contributions {
  return {
    names,
    values: new Float64Array(rows * coef.length * names.length),
    intercepts: regression.intercept,
  };
}

/** Where the scores of one output go. */
interface Place {
  readonly scores: Float64Array;
  readonly first: number;
  readonly stride: number;
}

/** Computes the scores of one output for all rows, column by column. */
function addScores(plan: Plan, cells: Cells, k: number, to: Place, explained?: Float64Array): void {
  const { scores, first, stride } = to;
  const coef = plan.coef[k]!;
  const intercept = plan.regression.intercept[k]!;
  for (let row = 0, at = first; row < cells.rows; row++, at += stride) scores[at] = intercept;
  const parts = explained && {
    values: explained,
    first: k * coef.length,
    stride: plan.coef.length * coef.length,
  };
  for (const number of plan.numbers) addNumbers(plan, cells, number, coef[number.term]!, to, parts);
  for (const text of plan.texts) addTexts(plan, cells, text, coef, to, parts);
}

interface Parts {
  readonly values: Float64Array;
  readonly first: number;
  readonly stride: number;
}

function addNumbers(
  plan: Plan,
  cells: Cells,
  number: NumberTerm,
  weight: number,
  { scores, first, stride }: Place,
  parts: Parts | undefined,
): void {
  const { fill, scale, offset, low, high, term } = number;
  const values = cells.columns[number.column] as Float64Array;
  for (let row = 0, at = first; row < cells.rows; row++, at += stride) {
    let x = values[row]!;
    // NaN and the infinities minus themselves are NaN.
    if (x - x !== 0) {
      if (!Number.isNaN(x) || Number.isNaN(fill)) throw badCell(plan, cells);
      x = fill;
    }
    let z = x * scale + offset;
    if (z < low) z = low;
    else if (z > high) z = high;
    const part = weight * z;
    scores[at]! += part;
    if (parts !== undefined) parts.values[parts.first + row * parts.stride + term] = part;
  }
}

function addTexts(
  plan: Plan,
  cells: Cells,
  { column, fill, terms, refusesUnknown }: TextTerms,
  coef: Float64Array,
  { scores, first, stride }: Place,
  parts: Parts | undefined,
): void {
  const values = cells.columns[column] as readonly (string | null)[];
  for (let row = 0, at = first; row < cells.rows; row++, at += stride) {
    const text = values[row] || fill;
    const term = text === undefined ? undefined : terms.get(text);
    if (term === undefined) {
      if (refusesUnknown) throw badCell(plan, cells);
      continue;
    }
    const part = coef[term]!;
    scores[at]! += part;
    if (parts !== undefined) parts.values[parts.first + row * parts.stride + term] = part;
  }
}

/** Turns scores into probabilities, and finds the labels. */
function labelsOfTwo(
  { regression: { classes }, threshold }: Plan,
  probabilities: Float64Array,
  rows: number,
): ClassLabel[] {
  const labels = new Array<ClassLabel>(rows);
  for (let row = 0; row < rows; row++) {
    const score = probabilities[2 * row + 1]!;
    if (Number.isNaN(score)) throw badScore(row);
    const ofSecond = 1 / (1 + Math.exp(-score));
    const ofFirst = 1 - ofSecond;
    probabilities[2 * row] = ofFirst;
    probabilities[2 * row + 1] = ofSecond;
    let code = score > 0 ? 1 : 0;
    if (threshold !== undefined) {
      const { value, positive } = threshold;
      code = (positive === 1 ? ofSecond : ofFirst) >= value ? positive : 1 - positive;
    }
    labels[row] = classes[code]!;
  }
  return labels;
}

/** As `labelsOfTwo`. */
function labelsOfMany(
  { regression: { classes } }: Plan,
  probabilities: Float64Array,
  rows: number,
): ClassLabel[] {
  const labels = new Array<ClassLabel>(rows);
  const { length } = classes;
  for (let row = 0; row < rows; row++) {
    const first = row * length;
    let best = 0;
    for (let k = 0; k < length; k++) {
      const score = probabilities[first + k]!;
      if (Number.isNaN(score)) throw badScore(row);
      if (score > probabilities[first + best]!) best = k;
    }
    const largest = probabilities[first + best]!;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const power = Math.exp(probabilities[first + k]! - largest);
      probabilities[first + k] = power;
      sum += power;
    }
    // Two scores of infinity leave none.
    if (Number.isNaN(sum)) throw badScore(row);
    for (let k = 0; k < length; k++) probabilities[first + k]! /= sum;
    labels[row] = classes[best]!;
  }
  return labels;
}

/** Describes the first cell, row by row, that the model cannot take. */
function badCell(plan: Plan, { columns, rows }: Cells): DataError {
  for (let row = 0; row < rows; row++) {
    for (const { column, fill } of plan.numbers) {
      const x = (columns[column] as Float64Array)[row]!;
      if (Number.isFinite(x) || (Number.isNaN(x) && !Number.isNaN(fill))) continue;
      const [has, remedy] = Number.isNaN(x)
        ? ['no value', 'give a number, because the model was trained without missing values in the column']
        : [String(x), 'give a finite number'];
      return refusal(row, plan.features[column]!, has, remedy);
    }
    for (const { column, fill, terms, refusesUnknown } of plan.texts) {
      const text = columns[column]![row] as string | null;
      if (!refusesUnknown || terms.has(text || (fill ?? ''))) continue;
      const has = text === null ? 'no value' : quote(text);
      return refusal(row, plan.features[column]!, has, 'give one of the texts that the model was trained on');
    }
  }
  throw new TypeError('No cell is wrong.');
}

function refusal(row: number, column: string, has: string, remedy: string): DataError {
  return new DataError(
    'cannot_be_predicted',
    `Row ${row + 1} has ${has} in column ${quote(column)}: ${remedy}.`,
    { row: row + 1, column },
  );
}

function badScore(row: number): DataError {
  return new DataError(
    'cannot_be_predicted',
    `Row ${row + 1} has values that are too large to be multiplied with the coefficients: correct the row.`,
    { row: row + 1 },
  );
}
