import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { numericColumn } from '../../../../src/engine/local/blocks/numericColumn.ts';
import type { Helper } from '../../../../src/engine/local/blocks/team.ts';
import { serveTeam, type TeamMessage } from '../../../../src/engine/local/blocks/team.ts';
import { ThreadLostError } from '../../../../src/engine/local/errors.ts';
import { sharedMemory } from '../../../../src/kernels/module.ts';
import { LogisticRegression } from '../../../../src/ml/logisticRegression.ts';
import { frameOf, sourcesOf } from '../../../support/blocks.ts';

const N = 40_000;
const BLOCK_ROWS = 1_000;

/** Four columns of 40,000 rows: enough cells that helpers are woken. The last column is the class. */
const columns = Array.from({ length: 4 }, (_, j) =>
  Float64Array.from({ length: N }, (_, i) => Math.round(1e4 * Math.sin(i * (j + 1.5))) / 1e3),
);
const target = Float64Array.from({ length: N }, (_, i) =>
  columns[0]![i]! + columns[1]![(i * 7) % N]! > 0 ? 1 : 0,
);
const marks = Uint8Array.from({ length: N }, (_, i) => (i % 3 === 0 ? 1 : 0));

/** Does all the work of a fit: partition, statistics, loss and predictions. */
function fitWith(helpers: readonly Helper[]) {
  const { train, test } = sourcesOf([...columns, target], { blockRows: BLOCK_ROWS, keys: marks, helpers });
  const codes = Uint8Array.from(numericColumn(train, 4).toArray());
  const model = new LogisticRegression({ C: 10 }).fit(frameOf(train, 4), {
    classes: [0, 1],
    dtype: 'int64',
    codes,
  });
  const scores = model.decisionFunction(frameOf(test, 4)).columns[0]!;
  return { codes, statistics: train.rowSet.statistics(2), state: model.toState(), scores };
}

describe('threads', () => {
  let workers: Worker[];
  beforeAll(async () => {
    workers = [1, 2].map(() => new Worker(new URL('../../../support/helperThread.mjs', import.meta.url)));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  });

  test.each([1, 2])('with %i helpers give the result of one thread, to the last bit', (nHelpers) => {
    const alone = fitWith([]);
    for (let round = 0; round < 5; round++) expect(fitWith(workers.slice(0, nHelpers))).toEqual(alone);
  });
});

/** A helper that only notes its messages. */
function notingHelper() {
  const messages: TeamMessage[] = [];
  return { messages, postMessage: (message: TeamMessage) => void messages.push(message) };
}

describe('a helper', () => {
  test('that is late finds nothing left to do', () => {
    const helper = notingHelper();
    const result = fitWith([helper]);
    expect(helper.messages[0]).toMatchObject({ kind: 'join', seat: 1 });
    // One call is enough: until the helper has come and gone, it will see any new task.
    expect(helper.messages.slice(1).map(({ kind }) => kind)).toEqual(['wake']);
    for (const message of helper.messages) serveTeam(message);
    expect(result).toEqual(fitWith([]));
  });

  test('is not woken for a small table', () => {
    const helper = notingHelper();
    sourcesOf([columns[0]!.slice(0, 5_000)], { blockRows: BLOCK_ROWS, helpers: [helper] });
    expect(helper.messages).toEqual([]);
  });

  test('that fails in a block reports to the leader, and does not end its own thread', () => {
    const warnings: string[] = [];
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
      warnings.push(String(warning));
    });
    const eager = {
      postMessage(message: TeamMessage) {
        // The helper looks for the table beyond the end of the memory, which is a trap.
        serveTeam(message.kind === 'join' ? { ...message, memory: sharedMemory() } : message);
      },
    };
    try {
      expect(() => fitWith([eager])).toThrow(ThreadLostError);
      expect(warnings.join()).toContain('memory access out of bounds');
    } finally {
      emitWarning.mockRestore();
    }
  });

  test('takes blocks', () => {
    // The helper works as soon as it is woken, before the leader has taken a ticket.
    let nWoken = 0;
    const eager = {
      postMessage(message: TeamMessage) {
        if (message.kind === 'wake') nWoken++;
        serveTeam(message);
      },
    };
    expect(fitWith([eager])).toEqual(fitWith([]));
    expect(nWoken).toBeGreaterThan(5);
  });
});
