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
    ['there are no checks', {}, [], true, {}],
    ['all checks pass', { a: holds, b: holds }, [], true, { a: { ok: true }, b: { ok: true } }],
    [
      'a check does not pass',
      { a: holds, b: away },
      [],
      false,
      { a: { ok: true }, b: { ok: false, reason: 'It is away.' } },
    ],
    ['a check does not pass, and is excluded', { a: holds, b: away }, ['b'], true, { a: { ok: true } }],
    [
      'a check throws',
      { b: broken },
      [],
      false,
      { b: { ok: false, reason: 'The check failed; the log says why.' } },
    ],
    [
      'a check never ends',
      { a: holds, b: silent },
      [],
      false,
      { a: { ok: true }, b: { ok: false, reason: 'The check did not end within 0.01 s.' } },
    ],
  ])('reports the checks: %s', async (_name, checks, excluded, ready, expected) => {
    const readiness = new Readiness({ checks, timeoutMs: 10 });
    expect(await readiness.report(new Set(excluded))).toEqual({ ready, checks: expected });
  });

  it('reports once that a check no longer passes, with the cause for the log, and once that it passes again', async () => {
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

  it('gives the log an error that a check throws', async () => {
    const onChange = vi.fn();
    await new Readiness({ checks: { a: broken }, onChange }).report();
    expect(onChange.mock.calls[0]?.[1].cause).toMatchObject({ message: expect.stringContaining('/a/path') });
  });
});

describe('shared', () => {
  it('runs a check once for all requests during the check, and for a time after it', async () => {
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

  it('keeps a failure for the same time', async () => {
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
    ['accepts a folder with enough space', dir, 1, undefined],
    [
      'reports that no disk has so many bytes',
      dir,
      Number.MAX_SAFE_INTEGER,
      /no room for an upload of 9007199254740991 bytes/,
    ],
    ['reports a missing folder', join(dir, 'none'), 1, /cannot be written to/],
    ['reports a folder below a file', join(file, 'none'), 1, /cannot be written to/],
  ])('%s', async (_name, path, bytes, reason) => {
    const finding = await roomFor(path, bytes)();
    if (reason === undefined) expect(finding).toBeUndefined();
    else expect(finding?.reason).toMatch(reason);
    expect(finding?.reason ?? '').not.toContain(dir);
  });
});
