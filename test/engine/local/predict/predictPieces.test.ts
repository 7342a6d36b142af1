import { describe, expect, it } from 'vitest';
import { TABLE_LIMITS } from '../../../../src/data/tableLimits.ts';
import { predictPieces } from '../../../../src/engine/local/predict/predictPieces.ts';
import type { PredictPiece } from '../../../../src/engine/local/threads/tasks.ts';
import { BodyError } from '../../../../src/errors.ts';
import { readyModel } from '../../../http/scoring/model.ts';

const SPEC = { model: readyModel().model.description, explain: false, marksBad: false };

/** A thread that answers each piece with the same bytes, in the buffer that it gets. */
class FakeThread {
  readonly asked: PredictPiece[] = [];
  readonly events: string[] = [];
  failAt = Number.POSITIVE_INFINITY;

  async predict(piece: PredictPiece) {
    const at = this.asked.push(piece);
    this.events.push(`begin ${at}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (at === this.failAt) throw new BodyError('wrong_value', 'Row 1 is bad.');
    this.events.push(`end ${at}`);
    const into = piece.into.length > 0 ? piece.into : new Uint8Array(new SharedArrayBuffer(8));
    into.set(piece.bytes);
    return { bytes: into.subarray(0, piece.bytes.length), rows: 1 };
  }

  async forget(id: number) {
    this.events.push(`forget ${id === this.asked[0]?.id}`);
  }
}

async function* piecesOf(events: string[], count: number) {
  for (let at = 1; at <= count; at++) {
    events.push(`read ${at}`);
    yield Uint8Array.of(at);
  }
}

describe('predictPieces', () => {
  it('returns the rows in order, one piece ahead, in two buffers that take turns', async () => {
    const thread = new FakeThread();
    const got: number[] = [];
    for await (const { bytes } of predictPieces(thread, piecesOf(thread.events, 5), SPEC, TABLE_LIMITS)) {
      thread.events.push('taken');
      got.push(...bytes);
    }
    expect(got).toEqual([1, 2, 3, 4, 5]);
    expect(thread.events.slice(0, 9)).toEqual(
      ['read 1', 'begin 1', 'read 2', 'begin 2', 'end 1', 'taken', 'read 3', 'begin 3', 'end 2'].slice(0, 9),
    );
    expect(thread.events.at(-1)).toBe('forget true');
    const { asked } = thread;
    expect(asked.map(({ isLast }) => isLast)).toEqual([false, false, false, false, false, true]);
    expect(asked.map(({ begin }) => begin !== undefined)).toEqual([true, ...Array(5).fill(false)]);
    expect(new Set(asked.slice(2).map(({ into }) => into.buffer)).size).toBe(2);
    expect(asked.slice(0, 2).map(({ into }) => into.length)).toEqual([0, 0]);
  });

  it('gives the thread small pieces if many numbers are added to each row', async () => {
    const { model } = SPEC;
    const wide = { ...model, target: { ...model.target, classes: Array.from({ length: 80 }, (_, k) => k) } };
    const thread = new FakeThread();
    const piece = new Uint8Array(1 << 17);
    const [first] = [predictPieces(thread, [piece] as never, { ...SPEC, model: wide }, TABLE_LIMITS)];
    await first.next().catch(() => undefined);
    const [asked] = thread.asked;
    expect(asked!.bytes.length).toBe(Math.floor((1 << 19) / 10));
    expect(asked!.begin!.head).toBe(piece);
  });

  it.each([1, 2, 3])('throws the error of piece %i, and lets go of the file', async (failAt) => {
    const thread = new FakeThread();
    thread.failAt = failAt;
    const got: number[] = [];
    const read = async () => {
      for await (const { bytes } of predictPieces(thread, piecesOf(thread.events, 4), SPEC, TABLE_LIMITS))
        got.push(...bytes);
    };
    await expect(read()).rejects.toMatchObject({ code: 'wrong_value' });
    expect(got).toEqual([1, 2, 3].slice(0, failAt - 1));
    expect(thread.events.at(-1)).toBe('forget true');
  });

  it('lets go of the file of a caller that leaves', async () => {
    const thread = new FakeThread();
    for await (const _ of predictPieces(thread, piecesOf(thread.events, 4), SPEC, TABLE_LIMITS)) break;
    expect(thread.events.at(-1)).toBe('forget true');
    expect(thread.events).not.toContain('read 4');
  });

  it('rejects a file without bytes', async () => {
    const rows = predictPieces(new FakeThread(), piecesOf([], 0), SPEC, TABLE_LIMITS);
    await expect(rows.next()).rejects.toMatchObject({ code: 'malformed_body' });
  });
});
