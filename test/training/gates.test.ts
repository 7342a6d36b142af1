import { describe, expect, it } from 'vitest';
import { type Gates, gateWarnings } from '../../src/training/gates.ts';
import type { LoadedModel } from '../../src/values/loadedModel.ts';
import type { Result } from '../../src/values/result.ts';
import type { DatasetPart } from '../../src/values/run.ts';

const PARTS: readonly DatasetPart[] = [
  { context: 'train', rows: 70, digest: 'ours' },
  { context: 'test', rows: 30, digest: 'test' },
];
const resultOf = (testDigest?: string, rowsSeen?: number) =>
  ({
    data: { digest: 'file' },
    ...(rowsSeen !== undefined && { champion: { rowsSeen } }),
    ...(testDigest && { testData: { digest: testDigest } }),
    split: { train: 70, test: 30 },
  }) as unknown as Result;
const gatesOf = (digest: string, trainDigest: string, trainRows = 70, by?: string): Gates => {
  const trained = { digest, trainDigest, trainRows, testRows: 30, ...(by && { holdout: { by } }) };
  const champion = { place: { uri: 'u' }, description: { trained } } as unknown as LoadedModel;
  return { gates: [], compares: true, champion, logged: {} };
};

describe('champion_saw_rows', () => {
  it.each([
    ['the same rows of the same file', gatesOf('file', 'ours'), resultOf(), undefined],
    ['another split of the same file', gatesOf('file', 'theirs'), resultOf(), 'up to 30 of the 30 test rows'],
    ['a few other rows of the same file', gatesOf('file', 'theirs', 12), resultOf(), 'up to 12 of the 30'],
    [
      'another split whose rows are known',
      gatesOf('file', 'theirs'),
      resultOf(undefined, 21),
      'on 21 of the 30',
    ],
    ['another split that shares no row', gatesOf('file', 'theirs'), resultOf(undefined, 0), undefined],
    ['another file', gatesOf('other', 'theirs'), resultOf(), 'is not known'],
    ['a test file beside the same training file', gatesOf('file', 'theirs'), resultOf('apart'), undefined],
    [
      'the test file itself',
      gatesOf('apart', 'theirs'),
      resultOf('apart'),
      'other training rows of the same file',
    ],
    [
      'a part of the test file',
      gatesOf('apart', 'theirs', 20, 'last'),
      resultOf('apart'),
      'up to 20 of the 30',
    ],
    ['the whole test file', gatesOf('apart', 'theirs', 30, 'file'), resultOf('apart'), 'on 30 of the 30'],
    ['a test file that is the training file', gatesOf('file', 'theirs'), resultOf('file'), 'up to 30'],
  ])('with %s', (_name, gates, result, says) => {
    const [warning, ...others] = gateWarnings(undefined, gates, result, PARTS);
    expect(others).toEqual([]);
    if (says === undefined) expect(warning).toBeUndefined();
    else expect(warning).toMatchObject({ code: 'champion_saw_rows', message: expect.stringContaining(says) });
  });

  it('does not count without a comparison', () => {
    const alone: Gates = { gates: [], compares: false, logged: {} };
    expect(gateWarnings(undefined, alone, resultOf(), PARTS)).toEqual([]);
  });
});
