import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { roomFor } from '../../src/observability/disk.ts';
import { type Check, type Finding, Readiness, shared } from '../../src/observability/readiness.ts';

const holds: Check = () => undefined;
const away: Check = async () => ({ reason: 'It is away.' });
const broken: Check = () => {
  throw new Error('/a/path that nobody should read');
};
const silent: Check = () => new Promise<undefined>(() => undefined);

describe('Readiness', () => {
  it.each<[string, Record<string, Check>, string[], boolean, object]>([
    ['nothing to look at', {}, [], true, {}],
    ['all hold', { a: holds, b: holds }, [], true, { a: { ok: true }, b: { ok: true } }],
    [
      'one does not',
      { a: holds, b: away },
      [],
      false,
      { a: { ok: true }, b: { ok: false, reason: 'It is away.' } },
    ],
    ['one does not and is excluded', { a: holds, b: away }, ['b'], true, { a: { ok: true } }],
    [
      'one fails',
      { b: broken },
      [],
      false,
      { b: { ok: false, reason: 'The check failed; the log says why.' } },
    ],
    [
      'one says nothing',
      { a: holds, b: silent },
      [],
      false,
      { a: { ok: true }, b: { ok: false, reason: 'The check did not end within 0.01 s.' } },
    ],
  ])('%s', async (_name, checks, excluded, ready, expected) => {
    const readiness = new Readiness({ checks, timeoutMs: 10 });
    expect(await readiness.report(new Set(excluded))).toEqual({ ready, checks: expected });
  });

  it('tells once that a check ceases to hold, with what the log should have, and once that it holds again', async () => {
    const found: (Finding | undefined)[] = [
      undefined,
      { reason: 'Gone.', cause: 'why' },
      { reason: 'Gone.', cause: 'why' },
      undefined,
      undefined,
    ];
    let look = 0;
    const onChange = vi.fn();
    const readiness = new Readiness({ checks: { a: () => found[look], b: holds }, onChange });
    for (; look < found.length; look += 1) await readiness.report();
    expect(onChange.mock.calls).toEqual([
      ['a', { reason: 'Gone.', cause: 'why' }],
      ['a', undefined],
    ]);
  });

  it('tells the log of what was thrown', async () => {
    const onChange = vi.fn();
    await new Readiness({ checks: { a: broken }, onChange }).report();
    expect(onChange.mock.calls[0]?.[1].cause).toMatchObject({ message: expect.stringContaining('/a/path') });
  });
});

describe('shared', () => {
  it('looks once for all who ask while it looks, and for a while after that', async () => {
    let nowMs = 0;
    let answer: (finding: Finding | undefined) => void = () => undefined;
    const look = vi.fn(() => new Promise<Finding | undefined>((resolve) => (answer = resolve)));
    const check = shared(look, 2_000, () => nowMs);

    const asked = [check(), check()];
    nowMs = 10_000;
    asked.push(check());
    await expect.poll(() => look.mock.calls.length).toBe(1);
    answer({ reason: 'No.' });
    expect(await Promise.all(asked)).toEqual([{ reason: 'No.' }, { reason: 'No.' }, { reason: 'No.' }]);

    nowMs = 11_999;
    await check();
    expect(look).toHaveBeenCalledTimes(1);
    nowMs = 12_000;
    void check();
    await expect.poll(() => look.mock.calls.length).toBe(2);
    answer(undefined);
  });

  it('keeps a failure as long', async () => {
    let nowMs = 0;
    const look = vi.fn(broken);
    const check = shared(look, 2_000, () => nowMs);
    await expect(check()).rejects.toThrow('nobody');
    await expect(check()).rejects.toThrow('nobody');
    expect(look).toHaveBeenCalledTimes(1);
    nowMs = 2_000;
    await expect(check()).rejects.toThrow('nobody');
    expect(look).toHaveBeenCalledTimes(2);
  });
});

describe('roomFor', () => {
  const dir = mkdtempSync(join(tmpdir(), 'trainpost-room-'));
  const file = join(dir, 'file');
  writeFileSync(file, '');
  afterAll(() => rmSync(dir, { recursive: true }));

  it.each<[string, string, number, RegExp | undefined]>([
    ['a folder with room', dir, 1, undefined],
    [
      'more than any disk has',
      dir,
      Number.MAX_SAFE_INTEGER,
      /no room for an upload of 9007199254740991 bytes/,
    ],
    ['no folder', join(dir, 'none'), 1, /cannot be written to/],
    ['a folder below a file', join(file, 'none'), 1, /cannot be written to/],
  ])('%s', async (_name, path, bytes, reason) => {
    const finding = await roomFor(path, bytes)();
    if (reason === undefined) expect(finding).toBeUndefined();
    else expect(finding?.reason).toMatch(reason);
    expect(finding?.reason ?? '').not.toContain(dir);
  });
});
