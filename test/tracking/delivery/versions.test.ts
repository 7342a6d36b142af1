import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';

const KEY = 'ab'.repeat(32);
const DAY_MS = 86_400_000;

/** Documents of other versions, in a file whose form is known. */
const DOCUMENTS: readonly (readonly [string, unknown, string])[] = [
  [
    'a later tree',
    { tree: { version: 3, requestId: 'r', nodes: [{ key: 'root' }] }, answer: {} },
    'version 3',
  ],
  ['a record of an unknown version', { record: { version: 0, requestId: 'r' }, answer: {} }, 'version 0'],
  ['another form altogether', { version: 7, trees: [] }, 'version 7'],
  ['no version', { answer: {} }, 'an unknown version'],
  ['null', null, 'an unknown version'],
];

const withRecord = (document: unknown, state: 'pending' | 'dead' | 'delivered') =>
  Bench.withRecord(document, state, KEY);

const bytesIn = ({ dir }: Bench, state: string) =>
  readdirSync(join(dir, state)).map((name) => readFileSync(join(dir, state, name), 'hex'));

describe.each(['pending', 'dead', 'delivered'] as const)('a %s record', (state) => {
  test.each(DOCUMENTS)('with %s is shown with the reason, and left alone', async (_, document, says) => {
    const [bench, id] = await withRecord(document, state);
    await using _bench = bench;
    const before = bytesIn(bench, state);
    await bench.untilTime(DAY_MS);
    const reason = { code: 'record_version', message: expect.stringContaining(says) };
    const view = {
      ...{ id, state, experimentName: '', runName: '', attempts: 0, lastError: reason, answer: undefined },
    };
    expect(await bench.deliveries.find(id)).toMatchObject(view);
    expect(await bench.deliveries.find(id)).not.toHaveProperty('logged');
    expect(await bench.deliveries.list(state)).toMatchObject([view]);
    await expect(bench.deliveries.findByKey(KEY)).rejects.toMatchObject(reason);
    if (state === 'dead') await expect(bench.deliveries.retry(id)).rejects.toMatchObject(reason);
    else expect(await bench.deliveries.retry(id)).toBe(false);
    expect(bench.standIn.calls).toEqual([]);
    expect(bytesIn(bench, state)).toEqual(before);
    expect(bench.events).toMatchObject(state === 'pending' ? [{ is: 'left_alone', id, reason }] : []);
  });
});

test('a record of a later version holds up no other', async () => {
  const [bench, id] = await withRecord({ tree: { version: 3 } }, 'pending');
  await using _bench = bench;
  const accepted = [await bench.accept(), await bench.accept()];
  await bench.until(() => bench.scheduler.counts().delivered === 2);
  bench.expectEachOnce(accepted);
  expect(await bench.deliveries.list()).toMatchObject([{ id, state: 'pending' }]);
  expect(bench.scheduler.counts()).toMatchObject({ retried: 0, dead: 0 });
});

test('a client that waits for such a record gets the reason', async () => {
  const [bench, id] = await withRecord({ tree: { version: 3 } }, 'pending');
  await using _bench = bench;
  await expect(bench.scheduler.logged(id)).rejects.toMatchObject({ code: 'record_version' });
});
