import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Watch } from '../../src/engine/watch.ts';
import { CancelledError } from '../../src/errors.ts';

describe('a watch', () => {
  it('counts the steps of each stage from 0', () => {
    const watch = new Watch();
    expect(watch.progress()).toEqual({ stage: 'queued', done: 0, total: 0 });
    watch.enter('fitting', 3);
    watch.step();
    watch.step();
    expect(watch.progress()).toEqual({ stage: 'fitting', done: 2, total: 3 });
    watch.enter('evaluating');
    expect(watch.progress()).toEqual({ stage: 'evaluating', done: 0, total: 0 });
  });

  it('of the same words is the same watch, in another thread too', async () => {
    const watch = new Watch();
    const code = `
      const { workerData } = require('node:worker_threads');
      const words = new Int32Array(workerData);
      Atomics.store(words, 1, 3); Atomics.store(words, 2, 5); Atomics.store(words, 3, 9);
      while (Atomics.load(words, 0) === 0);`;
    const worker = new Worker(code, { eval: true, workerData: watch.words });
    await expect.poll(() => watch.progress()).toEqual({ stage: 'fitting', done: 5, total: 9 });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    new Watch(watch.words).cancel();
    expect(await ended).toBe(0);
    expect(watch.isCancelled).toBe(true);
  });

  it.each<[string, (watch: Watch) => void]>([
    ['a look', (watch) => watch.throwIfCancelled()],
    ['a new stage', (watch) => watch.enter('fitting')],
    ['a step', (watch) => watch.step()],
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
});
