import { beforeAll, describe, expect, it } from 'vitest';
import { createPredictor } from '../../src/models/predictor.ts';
import { modelFiles } from '../../src/tracking/modelFiles/index.ts';
import { columnsOf } from '../models/columns.ts';
import { pythonAvailable, runPython } from '../support/python.ts';
import { MODEL_CASES, THRESHOLD_CASES } from '../tracking/modelFiles/cases.ts';
import { COLUMN_CASES, THRESHOLD_COLUMN_CASES } from '../tracking/modelFiles/columnCases.ts';

const CASES = [...MODEL_CASES, ...COLUMN_CASES, ...THRESHOLD_CASES, ...THRESHOLD_COLUMN_CASES];
const TOLERANCE = 1e-12;

interface Predictions {
  readonly labels: readonly (number | string | boolean)[];
  readonly probabilities: readonly (readonly number[])[];
}

describe.skipIf(!pythonAvailable)('createPredictor, beside scikit-learn with the pickle', () => {
  let expected: Record<string, Predictions>;

  beforeAll(async () => {
    const cases = CASES.map((one) => {
      const { files } = modelFiles({ ...one, utcTimeCreated: new Date(0) });
      const pickle = files.find(({ path }) => path === 'model.pkl')!.bytes.toString('base64');
      return { name: one.name, features: one.features, rows: one.rows, pickle };
    });
    expected = (await runPython('reference', 'predict_pickles.py', cases)) as typeof expected;
  });

  it.each(CASES)('$name', (one) => {
    const { labels, probabilities } = createPredictor(one).predict(columnsOf(one), one.rows.length);
    const theirs = expected[one.name]!;
    // Python's False and True are the classes 0 and 1 here.
    expect(labels).toEqual(
      theirs.labels.map((label) => (typeof label === 'boolean' ? Number(label) : label)),
    );
    const differences = theirs.probabilities
      .flat()
      .map((probability, place) => Math.abs(probability - probabilities[place]!));
    expect(differences).toHaveLength(probabilities.length);
    expect(Math.max(...differences)).toBeLessThanOrEqual(TOLERANCE);
  });
});
