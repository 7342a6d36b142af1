import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../../src/data/readTable.ts';
import { Team } from '../../../../src/engine/local/blocks/team.ts';
import { dryRunInput } from '../../../../src/engine/local/dryRun/dryRunInput.ts';
import { estimate } from '../../../../src/engine/local/fit/estimate.ts';
import { prepare } from '../../../../src/engine/local/fit/prepare.ts';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import { inference } from '../../../../src/ml/inference/inference.ts';
import { frameOf, numbers, texts, valuesOf } from '../../../ml/frames.ts';
import { type InferenceCase, readInferenceFixture } from '../../../ml/inference/inferenceFixture.ts';
import { fitOne } from '../../../support/fitOne.ts';
import { planFor } from '../../../support/plans.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));
const TOLERANCE = 1e-9;

function csvOf({ columns, classes }: InferenceCase): Uint8Array {
  const names = Object.keys(columns);
  const rows = classes.map((label, i) => [...names.map((name) => columns[name]![i] ?? ''), label].join(','));
  return Buffer.from(`${[...names, 'k'].join(',')}\n${rows.join('\n')}\n`);
}

/** The most frequent text, or the mean, in the place of null. */
function filled(cells: readonly (number | string | null)[]) {
  const known = cells.filter((cell) => cell !== null);
  if (typeof known[0] === 'number') {
    const mean = (known as number[]).reduce((sum, cell) => sum + cell, 0) / known.length;
    return numbers(...cells.map((cell) => (cell as number | null) ?? mean));
  }
  const count = (text: unknown) => known.filter((cell) => cell === text).length;
  const most = [...new Set(known as string[])].sort().reduce((a, b) => (count(b) > count(a) ? b : a));
  return texts(...cells.map((cell) => (cell as string | null) ?? most));
}

describe('inference=true', () => {
  const { cases } = readInferenceFixture();
  const named = [
    'diabetes',
    'texts',
    'booleans',
    'offsets',
    'many_categories',
    'missing_numbers',
    'missing_texts',
  ];

  it.each(named)('estimates from the packed training rows of %s as from plain arrays', async (name) => {
    const one = cases.find((found) => found.name === name)!;
    const plan = await planFor({ inference: 'true', missing: name.startsWith('missing') ? 'mean' : 'error' });
    const table = readTable(csvOf(one));
    const prepared = await prepare({ train: table }, plan, new Team(table.memory));
    const { candidate } = await fitOne(prepared, plan.candidates[0]!, plan);
    const packed = estimate(prepared.dataset, prepared.train, candidate.pipeline!);

    const columns = prepared.train.frame.columns.map((column) => filled(valuesOf(column)));
    const plain = inference(frameOf(...columns), prepared.train.codes, Object.keys(one.columns));
    expect(packed.warnings).toEqual(plain.warnings);
    expect(packed.terms.map(({ term }) => term)).toEqual(plain.terms.map(({ term }) => term));
    for (const [i, { term, estimate: of, std_error }] of packed.terms.entries()) {
      const expected = plain.terms[i]!;
      expect(Math.abs(of! - expected.estimate!), term).toBeLessThan(TOLERANCE * expected.std_error!);
      expect(Math.abs(std_error! / expected.std_error! - 1), term).toBeLessThan(TOLERANCE);
    }
  });

  it('is the same for each penalty, solver and class weight', async () => {
    const first = await runCsv(DIABETES, await planFor({ inference: 'true' }));
    expect(first.inference!.terms.map(({ term }) => term)).toEqual([
      '(intercept)',
      ...first.data.features.map(({ name }) => name),
    ]);
    expect(first.inference!.warnings).toEqual([]);
    expect(first.stages.map(({ name }) => name)).toEqual([
      'parse',
      'split',
      'fit',
      'evaluate',
      'inference',
      'intervals',
    ]);
    for (const fields of [{ tol: '0.01' }, { class_weight: 'balanced' }, { solver: 'newton-cholesky' }]) {
      const plan = await planFor({ inference: 'true', ...fields });
      expect((await runCsv(DIABETES, plan)).inference).toEqual(first.inference);
    }
  });

  it('says which column separates the classes', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 2 ? 'yes' : 'no'},${i % 2}\n`);
    const { inference: found } = await runCsv(
      Buffer.from(`a,b,k\n${rows.join('')}`),
      await planFor({ inference: 'true' }),
    );
    expect(found!.warnings[0]).toMatchObject({
      code: 'complete_separation',
      message: expect.stringContaining('"b=yes" does so alone'),
    });
    expect(found!.terms.map(({ estimate: of }) => of)).toEqual([null, null, null]);
  });

  it('is left out by default', async () => {
    const result = await runCsv(DIABETES, await planFor({}));
    expect(result).not.toHaveProperty('inference');
    expect(result.stages.map(({ name }) => name)).not.toContain('inference');
  });

  it('is rejected for three classes, also by a dry run', async () => {
    const bytes = Buffer.from(
      `a,k\n${Array.from({ length: 30 }, (_, i) => `${i % 7},c${i % 3}\n`).join('')}`,
    );
    const problem = {
      code: 'inference_of_many',
      message: 'inference needs a target with two classes, and "k" has 3: remove the field.',
      details: { field: 'inference', limit: 2, actual: 3 },
    };
    const plan = await planFor({ inference: 'true' });
    await expect(runCsv(bytes, plan)).rejects.toMatchObject(problem);
    expect(dryRunInput({ train: readTable(bytes) }, plan).problem).toMatchObject(problem);
    expect(dryRunInput({ train: readTable(bytes) }, await planFor({})).problem).toBeUndefined();
  });
});
