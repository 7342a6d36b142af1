import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dataset, toDataset } from '../../../../src/data/dataset.ts';
import { readTable } from '../../../../src/data/readTable.ts';
import { trainTestSplit } from '../../../../src/data/split.ts';
import type { Target } from '../../../../src/data/target.ts';
import { MARKS } from '../../../../src/engine/local/blocks/partition.ts';
import { requireClasses } from '../../../../src/engine/local/fit/checkRows.ts';
import { type MarkedRows, markRows } from '../../../../src/engine/local/fit/markRows.ts';
import { findPositive } from '../../../../src/engine/local/fit/positive.ts';
import { DataError, FieldError } from '../../../../src/errors.ts';
import type { ClassLabel } from '../../../../src/values/dataset.ts';
import type { Holdout, RandomSplit } from '../../../../src/values/holdout.ts';
import { packTable } from '../../../support/packedTable.ts';

const RANDOM: Holdout = { by: 'random', testSize: 0.3, randomState: 123, stratify: false };
const SPLIT: RandomSplit = { by: 'random', testSize: 0.4, randomState: 123, stratify: false };
const drop = { ignore: [], missing: 'drop' } as const;
const read = (text: string) => toDataset(readTable(Buffer.from(text)), drop);

/** The error of a call, as plain data; undefined if the call succeeds. */
function refusal(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (!(error instanceof DataError || error instanceof FieldError)) throw error;
    const { name, code, message, details } = error;
    return { name, code, message, details };
  }
  return undefined;
}

describe('markRows', () => {
  const nan = Number.NaN;
  const row = fc.record({
    isWhole: fc.constantFrom(true, true, true, false),
    label: fc.constantFrom(3, -1, 500),
  });
  const spec = fc.record({
    by: fc.constant('random' as const),
    testSize: fc.oneof(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.integer({ min: 1, max: 20 })),
    randomState: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    stratify: fc.boolean(),
  });

  /** The split of the rows without a missing cell, by the rows' places in the file. */
  function splitKept(
    dataset: Dataset,
    labels: readonly number[],
    kept: readonly number[],
    options: RandomSplit,
  ) {
    const { stratify, by: _, ...sizes } = options;
    const classes = kept.map((place) => labels[place]!);
    const { train, test } = trainTestSplit(dataset.rows, {
      ...sizes,
      ...(stratify && { stratify: classes }),
    });
    const rowsOf = (places: Uint32Array) => Array.from(places, (place) => kept[place]!).sort((a, b) => a - b);
    return { train: rowsOf(train), test: rowsOf(test) };
  }

  it('splits the kept rows as train_test_split does', () => {
    const rows = fc.array(row, { minLength: 2, maxLength: 60 });
    const counts = { split: 0, refused: 0 };
    fc.assert(
      fc.property(rows, spec, fc.integer({ min: 1, max: 17 }), (picks, options, blockRows) => {
        const kept = [...picks.keys()].filter((place) => picks[place]!.isWhole);
        const labels = picks.map(({ label }) => label);
        fc.pre(new Set(kept.map((place) => labels[place])).size > 1);
        const feature = picks.map(({ isWhole }, place) => (isWhole ? place : nan));
        const dataset = toDataset(packTable([feature, labels], blockRows), drop);
        const refused = refusal(() => splitKept(dataset, labels, kept, options));
        if (refused !== undefined) {
          counts.refused++;
          const { row: place, ...details } = refused.details;
          const fileRow = place === undefined ? {} : { row: kept[place - 1]! + 1 };
          expect(refusal(() => markRows(dataset, options))).toEqual({
            ...refused,
            details: { ...details, ...fileRow },
          });
          return;
        }
        counts.split++;
        const { train, test } = splitKept(dataset, labels, kept, options);
        const { marks, split, trainCodes, testCodes } = markRows(dataset, options);
        const placesOf = (mark: number) => [...marks.keys()].filter((place) => marks[place] === mark);
        expect(placesOf(MARKS.train)).toEqual(train);
        expect(placesOf(MARKS.test)).toEqual(test);
        expect(placesOf(MARKS.dropped)).toEqual([...picks.keys()].filter((place) => !picks[place]!.isWhole));
        expect(split).toEqual({ train: train.length, test: test.length });
        const labelsOf = (codes: Uint8Array) =>
          [...codes].map((code) => dataset.target.classCounts[code]?.label);
        expect(labelsOf(trainCodes)).toEqual(train.map((place) => labels[place]));
        expect(labelsOf(testCodes)).toEqual(test.map((place) => labels[place]));
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(counts.split, counts.refused)).toBeGreaterThan(50);
  });

  it.each([
    ['after dropped rows', 'a,t\n,x\n1,x\n,y\n2,y\n3,x\n4,x\n', 4],
    ['without dropped rows', 'a,t\n1,x\n2,x\n3,y\n4,x\n', 3],
  ])('names the row, in the file, of a class that is too small to stratify: %s', (_name, text, row) => {
    expect(refusal(() => markRows(read(text), { ...SPLIT, stratify: true }))).toMatchObject({
      name: 'DataError',
      code: 'stratify_class_too_small',
      details: { field: 'stratify', row, limit: 2, actual: 1 },
    });
  });

  it('counts the kept rows if they are too few', () => {
    expect(refusal(() => markRows(read('a,t\n1,x\n,x\n2,y\n,y\n'), { ...SPLIT, testSize: 2 }))).toMatchObject(
      {
        code: 'test_size_too_large',
        details: { field: 'test_size', limit: 1, actual: 2 },
      },
    );
  });
});

const targetOf = (labels: readonly ClassLabel[], dtype: Target['dtype'], counts: number[] = []): Target => ({
  name: 't',
  type: dtype === 'object' ? 'string' : 'long',
  dtype,
  classCounts: labels.map((label, code) => ({ label, count: counts[code] ?? 2 })),
  codes: new Uint8Array(),
});

describe('requireClasses', () => {
  const marked = (train: readonly number[], test: readonly number[]): MarkedRows => ({
    marks: new Uint8Array(),
    split: { train: train.length, test: test.length },
    trainCodes: Uint8Array.from(train),
    testCodes: Uint8Array.from(test),
  });

  it('accepts test rows whose classes are all among the training rows', () => {
    expect(
      refusal(() => requireClasses(targetOf(['a', 'b', 'c'], 'object'), marked([2, 0, 2], [0]), RANDOM)),
    ).toBeUndefined();
  });

  it.each<[string, Target, number[], number[], string, string]>([
    ['texts', targetOf(['a', 'b'], 'object'), [1, 1], [1], 'one_class_in_training', 'b'],
    ['booleans', targetOf([0, 1], 'bool'), [0, 0], [1], 'one_class_in_training', 'False'],
    ['three classes', targetOf([1, 2, 7], 'int64'), [0, 1], [1, 2], 'class_only_in_test', '7'],
    ['texts in the test rows', targetOf(['a', 'b', 'c'], 'object'), [2, 1], [0], 'class_only_in_test', 'a'],
  ])('rejects other parts: %s', (_name, target, train, test, code, value) => {
    expect(refusal(() => requireClasses(target, marked(train, test), RANDOM))).toMatchObject({
      name: 'DataError',
      code,
      message: expect.stringContaining(value),
      details: { column: 't', value },
    });
  });
});

describe('the advice of requireClasses', () => {
  const messageOf = (counts: number[], train: number[], test: number[], holdout: Holdout = RANDOM) => {
    const marked = {
      marks: new Uint8Array(),
      split: { train: train.length, test: test.length },
      trainCodes: Uint8Array.from(train),
      testCodes: Uint8Array.from(test),
    };
    const labels = counts.map((_count, code) => `c${code}`);
    const error = refusal(() => requireClasses(targetOf(labels, 'object', counts), marked, holdout));
    return (error as { message: string }).message;
  };

  it.each<[string, number[], number[], number[], RegExp]>([
    ['a class of two rows', [4, 2, 2], [0, 1, 1], [0, 2, 2], /set stratify=true or another random_state/],
    [
      'one class, and another of two rows',
      [4, 2],
      [0, 0, 0, 0],
      [1, 1],
      /set stratify=true or another random_state/,
    ],
  ])('names stratify for %s', (_name, counts, train, test, says) => {
    expect(messageOf(counts, train, test)).toMatch(says);
  });

  it.each<[string, number[], number[], number[], RegExp]>([
    [
      'a class of one row',
      [4, 2, 1],
      [0, 1, 1],
      [0, 2],
      /"c2" occurs in the test rows only, in one row, .*add rows of this class, remove its row/,
    ],
    [
      'a class beside one of one row',
      [4, 2, 1],
      [0, 2],
      [0, 1, 1],
      /"c1" occurs in the test rows only, so .*or set another random_state/,
    ],
    ['one class, and another of one row', [4, 1], [0, 0, 0, 0], [1], /add rows of other classes/],
  ])(
    'does not name stratify, which needs two rows of each class, for %s',
    (_name, counts, train, test, says) => {
      const message = messageOf(counts, train, test);
      expect(message).toMatch(says);
      expect(message).not.toContain('stratify');
    },
  );
});

describe('the advice of requireClasses for other splits', () => {
  it.each<[Holdout, RegExp]>([
    [{ by: 'last', testSize: 0.3 }, /or set another test_size, or split=random\.$/],
    [{ by: 'column', column: 'part' }, /or choose other test rows\.$/],
    [{ by: 'file' }, /or choose other test rows\.$/],
  ])('names no random_state for %j', (holdout, says) => {
    const marked = {
      marks: new Uint8Array(),
      split: { train: 2, test: 1 },
      trainCodes: Uint8Array.of(0, 0),
      testCodes: Uint8Array.of(1),
    };
    const error = refusal(() => requireClasses(targetOf(['a', 'b'], 'object', [2, 1]), marked, holdout));
    expect(error?.message).toMatch(says);
    expect(error?.message).not.toContain('random_state');
  });
});

describe('findPositive', () => {
  it.each<[string | undefined, readonly ClassLabel[], Target['dtype'], ClassLabel | undefined]>([
    [undefined, ['a', 'b', 'c'], 'object', undefined],
    ['b', ['a', 'b'], 'object', 'b'],
    ['', ['', 'b'], 'object', ''],
    ['0', ['0', 'b'], 'object', '0'],
    ['0', [0, 1], 'int64', 0],
    ['1.0', [0, 1], 'int64', 1],
    [' 1', [0, 1], 'float64', 1],
    ['-5', [-5, 5], 'int64', -5],
    ['true', [0, 1], 'bool', 1],
    ['FALSE', [0, 1], 'bool', 0],
    ['1', [0, 1], 'bool', 1],
    ['True', [0, 1], 'int64', 1],
    ['False', [0, 1], 'int64', 0],
    ['True', ['False', 'True'], 'object', 'True'],
    ['None', ['None', 'some'], 'object', 'None'],
    ['None', [0, 1], 'int64', undefined],
    ['None', ['a', 'b', 'c'], 'object', undefined],
  ])('finds %j among %j (%s)', (wanted, labels, dtype, label) => {
    expect(findPositive(targetOf(labels, dtype), wanted)).toBe(label);
  });

  it.each<[string, readonly ClassLabel[], Target['dtype'], string, readonly string[]]>([
    ['c', ['a', 'b'], 'object', 'unknown_positive', ['a', 'b']],
    ['A', ['a', 'b'], 'object', 'unknown_positive', ['a', 'b']],
    ['1.0', ['0', '1'], 'object', 'unknown_positive', ['0', '1']],
    ['2', [0, 1], 'int64', 'unknown_positive', ['0', '1']],
    ['', [0, 1], 'int64', 'unknown_positive', ['0', '1']],
    ['yes', [0, 1], 'bool', 'unknown_positive', ['False', 'True']],
    ['a', ['a', 'b', 'c'], 'object', 'positive_of_many', ['a', 'b', 'c']],
  ])('rejects %j among %j (%s): %s', (value, labels, dtype, code, allowed) => {
    expect(refusal(() => findPositive(targetOf(labels, dtype), value))).toMatchObject({
      name: 'FieldError',
      code,
      details: { field: 'positive', value, allowed },
    });
  });
});
