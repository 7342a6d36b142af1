import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { SummaryTask } from '../../../../src/data/columnSummaries.ts';
import { serveTeam } from '../../../../src/engine/local/blocks/team.ts';
import { ThreadLostError } from '../../../../src/engine/local/errors.ts';
import { HelperTasks, serveHelperTasks } from '../../../../src/engine/local/fit/helperTasks.ts';
import { Readers } from '../../../../src/engine/local/threads/readers.ts';
import { MemoryBudget } from '../../../../src/kernels/memoryBudget.ts';
import { sharedMemory } from '../../../../src/kernels/module.ts';
import { type CodedResult, codedMetrics } from '../../../../src/ml/codedMetrics.ts';
import { THREAD } from '../../../support/service.ts';

const RESULT: CodedResult = {
  trueCodes: Uint8Array.of(0, 1, 1),
  predictedCodes: Uint8Array.of(0, 1, 0),
  proba: { nSamples: 3, nFeatures: 1, columns: [Float64Array.of(0.2, 0.9, 0.4)] },
  nClasses: 2,
};

describe('a helper', () => {
  it('releases the memory of a leader that has ended without a word', async () => {
    const { port1, port2 } = new MessageChannel();
    const board = new SharedArrayBuffer(256);
    serveHelperTasks(port1);
    port2.postMessage({ kind: 'join', team: 'lost', memory: sharedMemory(), board, seat: 1 });
    const closed = once(port1, 'close');
    port2.close();
    await closed;
    serveTeam({ kind: 'wake', team: 'lost' });
    // A helper that still had a seat would have taken a ticket.
    expect(new Int32Array(board)[0]).toBe(0);
  });

  it('that fails in a task ends neither its thread nor the process, and reports to its leader', async () => {
    const readers = new Readers({
      threads: 1,
      read: {},
      module: THREAD,
      data: { budget: MemoryBudget.of(1).words },
    });
    try {
      await readers.onEach('collectGarbage', undefined);
      const { port1, port2 } = new MessageChannel();
      readers.help([port1]);
      const pending = new HelperTasks([port2]).summarise(undefined as unknown as SummaryTask);
      // Before the helper has begun, `result` would take the task back.
      await once(port2, 'message');
      await expect(pending.result()).rejects.toThrow(TypeError);
      await readers.onEach('collectGarbage', undefined);
      port2.close();
    } finally {
      await readers.close();
    }
  });

  it('that has not begun a task is not awaited, and does not do the task later', async () => {
    const { port1, port2 } = new MessageChannel();
    const helpers = new HelperTasks([port2]);
    const pending = helpers.measure(RESULT);
    expect(await pending.result()).toBeUndefined();
    const again = helpers.measure(RESULT);
    serveHelperTasks(port1);
    const [answer] = await once(port2, 'message');
    expect(answer).toMatchObject({ id: 2 });
    expect(await again.result()).toEqual(codedMetrics(RESULT));
    port1.close();
  });

  it('that ends in the middle of a task is lost, and leaves no rejection behind', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    try {
      const { port1, port2 } = new MessageChannel();
      const helpers = new HelperTasks([port2]);
      const [asked, forgotten] = [helpers.measure(RESULT), helpers.measure(RESULT)];
      port1.once('message', ({ claim }: { claim: Int32Array }) => {
        Atomics.store(claim, 0, 1);
        port1.close();
      });
      await once(port2, 'close');
      await expect(asked.result()).rejects.toThrow(ThreadLostError);
      await new Promise((resolve) => setTimeout(resolve));
      expect([rejections, forgotten]).toEqual([[], expect.anything()]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
