import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Watch } from '../../src/engine/watch.ts';
import { CancelledError } from '../../src/errors.ts';

describe('a watch', () => {
  it('counts the steps of each stage from 0, and rows and iterations over all stages', () => {
    const watch = new Watch();
    expect(watch.progress()).toEqual({ stage: 'queued', done: 0, total: 0, rows: 0, iterations: 0 });
    watch.foundRows(5_000_000_000);
    watch.enter('fitting', 3);
    watch.step();
    watch.iterated();
    watch.step();
    watch.iterated();
    const counted = { rows: 5_000_000_000, iterations: 2 };
    expect(watch.progress()).toEqual({ stage: 'fitting', done: 2, total: 3, ...counted });
    watch.enter('evaluating');
    expect(watch.progress()).toEqual({ stage: 'evaluating', done: 0, total: 0, ...counted });
  });

  it('counts more bytes than 32 bits hold', () => {
    const watch = new Watch();
    watch.enter('reading', 2 ** 40);
    for (let i = 0; i < 3; i++) watch.advance(2 ** 31 - 1);
    expect(watch.progress()).toMatchObject({ stage: 'reading', done: 3 * (2 ** 31 - 1), total: 2 ** 40 });
  });

  it('of the same words is the same watch, in another thread too', async () => {
    const watch = new Watch();
    const code = `
      const { workerData } = require('node:worker_threads');
      const words = new Int32Array(workerData);
      const counters = new BigInt64Array(workerData, 8);
      Atomics.store(words, 1, 3);
      [5n, 9n, 7n, 4n].forEach((value, index) => Atomics.store(counters, index, value));
      while (Atomics.load(words, 0) === 0);`;
    const worker = new Worker(code, { eval: true, workerData: watch.words });
    await expect
      .poll(() => watch.progress())
      .toEqual({ stage: 'fitting', done: 5, total: 9, rows: 7, iterations: 4 });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    new Watch(watch.words).cancel();
    expect(await ended).toBe(0);
    expect(watch.isCancelled).toBe(true);
  });

  it.each<[string, (watch: Watch) => void]>([
    ['a look', (watch) => watch.throwIfCancelled()],
    ['a new stage', (watch) => watch.enter('fitting')],
    ['a step', (watch) => watch.step()],
    ['some bytes', (watch) => watch.advance(9)],
    ['rows', (watch) => watch.foundRows(9)],
    ['an iteration', (watch) => watch.iterated()],
  ])('that was cancelled ends the work at %s', (_name, work) => {
    const watch = new Watch();
    work(watch);
    watch.cancel();
    expect(() => work(watch)).toThrow(CancelledError);
  });

  it('calls its listeners once, and at once if it was cancelled before', () => {
    const watch = new Watch();
    const heard: string[] = [];
    const stop = watch.onCancel(() => heard.push('stopped'));
    stop();
    watch.onCancel(() => heard.push('early'));
    watch.cancel();
    watch.onCancel(() => heard.push('late'));
    expect(heard).toEqual(['early', 'late']);
  });

  it('ends a wait when it is cancelled, before or meanwhile, and else waits for the work', async () => {
    const never = new Promise<never>(() => undefined);
    const watch = new Watch();
    expect(await watch.orCancelled(Promise.resolve(3))).toBe(3);
    await expect(watch.orCancelled(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    const meanwhile = watch.orCancelled(never);
    watch.cancel();
    await expect(meanwhile).rejects.toThrow(CancelledError);
    await expect(watch.orCancelled(never)).rejects.toThrow(CancelledError);
  });
});
