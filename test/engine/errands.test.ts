import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { ProfileJob } from '../../src/data/profile.ts';
import { serveTeam } from '../../src/engine/blocks/team.ts';
import { attend, Errands } from '../../src/engine/errands.ts';
import { Readers } from '../../src/engine/readers.ts';
import { ThreadLostError } from '../../src/engine/threadLost.ts';
import { sharedMemory } from '../../src/kernels/module.ts';
import { type CodedResult, codedMetrics } from '../../src/ml/codedMetrics.ts';
import { THREAD } from '../support/service.ts';

const RESULT: CodedResult = {
  trueCodes: Uint8Array.of(0, 1, 1),
  predictedCodes: Uint8Array.of(0, 1, 0),
  proba: { nSamples: 3, nFeatures: 1, columns: [Float64Array.of(0.2, 0.9, 0.4)] },
  nClasses: 2,
};

describe('a helper', () => {
  it('lets go of the memory of a leader that has ended without leave', async () => {
    const { port1, port2 } = new MessageChannel();
    const board = new SharedArrayBuffer(256);
    attend(port1);
    port2.postMessage({ kind: 'join', team: 'lost', memory: sharedMemory(), board, seat: 1 });
    const closed = once(port1, 'close');
    port2.close();
    await closed;
    serveTeam({ kind: 'wake', team: 'lost' });
    // Whoever still had a seat would have looked for a ticket.
    expect(new Int32Array(board)[0]).toBe(0);
  });

  it('that fails in an errand ends neither its thread nor the process, and its leader is told', async () => {
    const readers = new Readers({ threads: 1, read: {}, thread: THREAD });
    try {
      await readers.warmUp();
      const { port1, port2 } = new MessageChannel();
      readers.help([port1]);
      const lent = new Errands([port2]).profile(undefined as unknown as ProfileJob);
      // Asked before it has begun, it would be taken back.
      await once(port2, 'message');
      await expect(lent.settle()).rejects.toThrow(TypeError);
      await readers.warmUp();
      port2.close();
    } finally {
      await readers.close();
    }
  });

  it('that does not come to an errand is not waited for, and does it no more', async () => {
    const { port1, port2 } = new MessageChannel();
    const errands = new Errands([port2]);
    const lent = errands.measure(RESULT);
    expect(await lent.settle()).toBeUndefined();
    const again = errands.measure(RESULT);
    attend(port1);
    const [answer] = await once(port2, 'message');
    expect(answer).toMatchObject({ id: 2 });
    expect(await again.settle()).toEqual(codedMetrics(RESULT));
    port1.close();
  });

  it('that ends in the middle of an errand is lost, and leaves no rejection behind', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', note);
    try {
      const { port1, port2 } = new MessageChannel();
      const errands = new Errands([port2]);
      const [asked, forgotten] = [errands.measure(RESULT), errands.measure(RESULT)];
      port1.once('message', ({ claim }: { claim: Int32Array }) => {
        Atomics.store(claim, 0, 1);
        port1.close();
      });
      await once(port2, 'close');
      await expect(asked.settle()).rejects.toThrow(ThreadLostError);
      await new Promise((resolve) => setTimeout(resolve));
      expect([rejections, forgotten]).toEqual([[], expect.anything()]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
