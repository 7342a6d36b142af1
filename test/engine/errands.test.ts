import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { serveTeam } from '../../src/engine/blocks/team.ts';
import { attend } from '../../src/engine/errands.ts';
import { Readers } from '../../src/engine/readers.ts';
import { sharedMemory } from '../../src/kernels/module.ts';
import { THREAD } from '../support/service.ts';

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

  it('that fails ends neither the process nor its pool, and its leader is told', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => warnings.push(message);
    process.on('warning', note);
    const readers = new Readers({ threads: 1, read: {}, thread: THREAD });
    try {
      const { port1, port2 } = new MessageChannel();
      readers.help([port1]);
      port2.postMessage({ kind: 'profile', job: undefined });
      await once(port2, 'close');
      await readers.warmUp();
      await expect.poll(() => warnings.join()).toContain('TypeError');
    } finally {
      process.off('warning', note);
      await readers.close();
    }
  }, 20_000);
});
