import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../../../src/data/readTable.ts';
import { Team } from '../../../../src/engine/local/blocks/team.ts';
import { type FitSpec, fitCsv, fitPrepared, prepare } from '../../../../src/engine/local/fit/fit.ts';
import { HelperTasks } from '../../../../src/engine/local/fit/helperTasks.ts';
import { ORIGINAL_SPEC } from '../../../support/originalSpec.ts';

async function prepared(bytes: Uint8Array, spec: FitSpec) {
  const table = readTable(bytes);
  return await prepare(table, spec, new Team(table.memory));
}

describe('prepare', () => {
  it('makes a table on which any number of models can be fitted', async () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../../../data/diabetes.csv'));
    const once = await prepared(bytes, ORIGINAL_SPEC);
    for (const C of [1, 0.01, 1]) {
      const spec = { ...ORIGINAL_SPEC, model: { ...ORIGINAL_SPEC.model, C } };
      const { pipeline, training, test, solver } = await fitPrepared(once, spec);
      expect(await fitCsv(bytes, spec)).toMatchObject({ pipeline, training, test, solver });
    }
  });

  it('gives the rows that stay to the two parts, each in the order of the file', async () => {
    const cells = Array.from({ length: 20_000 }, (_, row) => {
      const text = row % 7 === 0 ? '' : `x${row % 3}`;
      return { text, line: `${text},${row},${row % 2 === 0 ? 'no' : 'yes'}\n` };
    });
    const bytes = Buffer.from(`b,a,t\n${cells.map(({ line }) => line).join('')}`);
    const { train, test, split, dataset } = await prepared(bytes, { ...ORIGINAL_SPEC, missing: 'drop' });
    expect(dataset.rows).toBe(17_142);
    expect(split).toEqual({ train: train.frame.nSamples, test: test.frame.nSamples });

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

/** Helpers that answer when they are told to. */
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
  it('have let go of the table before a refusal is told, for its memory is used again then', async () => {
    const table = readTable(Buffer.from('a,t\n1,0\n2,1\n3,0\n'));
    const helpers = new SlowHelpers();
    let isTold = false;
    const refused = prepare(table, { ...ORIGINAL_SPEC, testSize: 3 }, new Team(table.memory), helpers);
    const told = refused.catch((error: unknown) => {
      isTold = true;
      return error;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isTold).toBe(false);
    helpers.answer();
    expect(await told).toMatchObject({ code: 'test_size_too_large' });
  });
});
