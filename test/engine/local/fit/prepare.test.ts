import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../../src/data/readTable.ts';
import { Team } from '../../../../src/engine/local/blocks/team.ts';
import { HelperTasks } from '../../../../src/engine/local/fit/helperTasks.ts';
import { prepare } from '../../../../src/engine/local/fit/prepare.ts';
import { runCsv } from '../../../../src/engine/local/fit/run.ts';
import type { Plan } from '../../../../src/values/plan.ts';
import { chosenOf } from '../../../../src/values/result.ts';
import { fitOne } from '../../../support/fitOne.ts';
import { ORIGINAL_PLAN, planFor } from '../../../support/plans.ts';

const DIABETES = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));

async function prepared(bytes: Uint8Array, plan: Plan) {
  const table = readTable(bytes);
  return await prepare({ train: table }, plan, new Team(table.memory));
}

describe('prepare', () => {
  it('makes a table on which any number of models can be fitted', async () => {
    const once = await prepared(DIABETES, ORIGINAL_PLAN);
    for (const tol of ['1', '0.01', '1']) {
      const plan = await planFor({ tol });
      const { candidate } = await fitOne(once, plan.candidates[0]!, ORIGINAL_PLAN);
      const result = await runCsv(DIABETES, plan);
      expect(chosenOf(result)).toEqual(candidate);
    }
  });

  it.each([
    ['two classes', DIABETES],
    [
      'three classes',
      Buffer.from(
        DIABETES.toString()
          .replaceAll(/^(\d),(.*),0$/gm, '$1,$2,2')
          .replaceAll(/^([1-3],.*),2$/gm, '$1,0'),
      ),
    ],
  ])('uses no more memory for %s after 500 models than after three', async (_name, bytes) => {
    const table = readTable(bytes);
    const once = await prepare({ train: table }, ORIGINAL_PLAN, new Team(table.memory));
    const lengths: number[] = [];
    for (let i = 1; i <= 500; i++) {
      const model = { ...ORIGINAL_PLAN.candidates[0]!, C: 1.05 ** (i % 50), maxIter: 5 };
      await fitOne(once, model, ORIGINAL_PLAN);
      lengths.push(table.memory.buffer.byteLength);
    }
    expect(lengths.at(-1)).toBe(lengths[2]);
  });

  it('puts the kept rows into the two parts, in the order of the file', async () => {
    const cells = Array.from({ length: 20_000 }, (_, row) => {
      const text = row % 7 === 0 ? '' : `x${row % 3}`;
      return { text, line: `${text},${row},${row % 2 === 0 ? 'no' : 'yes'}\n` };
    });
    const bytes = Buffer.from(`b,a,t\n${cells.map(({ line }) => line).join('')}`);
    const { train, test, marked, dataset } = await prepared(bytes, await planFor({ missing: 'drop' }));
    expect(dataset.rows).toBe(17_142);
    expect(marked.split).toEqual({ train: train.frame.nSamples, test: test.frame.nSamples });

    const rowsOf = [train, test].map(({ frame, codes }) => {
      const [b, a] = frame.columns;
      if (a?.kind !== 'numeric' || b?.kind !== 'text') throw new Error('columns of other kinds');
      const rows = [...a.toArray()];
      expect(rows).toEqual([...rows].sort((x, y) => x - y));
      expect([...codes]).toEqual(rows.map((row) => row % 2));
      const withText = b.indicator('x1').toArray();
      expect([...withText]).toEqual(rows.map((row) => (cells[row]?.text === 'x1' ? 1 : 0)));
      return rows;
    });
    expect(rowsOf.flat().sort((x, y) => x - y)).toEqual(
      [...cells.keys()].filter((row) => cells[row]?.text !== ''),
    );
  });
});

/** Helpers that answer when a test says so. */
class SlowHelpers extends HelperTasks {
  #answer: () => void = () => undefined;

  override summarise() {
    const answered = new Promise<never[]>((resolve) => {
      this.#answer = () => resolve([]);
    });
    return { result: () => answered };
  }

  answer(): void {
    this.#answer();
  }
}

describe('helpers', () => {
  it('have released the table before an error is reported, because its memory is used again then', async () => {
    const table = readTable(Buffer.from('a,t\n1,0\n2,1\n3,0\n'));
    const helpers = new SlowHelpers();
    let isReported = false;
    const refused = prepare(
      { train: table },
      await planFor({ test_size: '3' }),
      new Team(table.memory),
      helpers,
    );
    const reported = refused.catch((error: unknown) => {
      isReported = true;
      return error;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isReported).toBe(false);
    helpers.answer();
    expect(await reported).toMatchObject({ code: 'test_size_too_large' });
  });
});
