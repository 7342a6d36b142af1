import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Spool } from '../../src/spool/spool.ts';
import type { NewRecord, RecordState } from '../../src/tracking/delivery/recordStore.ts';
import { SEED, TRIES_ALL } from '../support/draws.ts';
import { digestOf, newRecord, optionsFor } from './samples.ts';
import { bytesIn, FAST_DISK, fileCounts } from './support.ts';

const RUNS = TRIES_ALL ? 60 : 20;
const COMMANDS_MAX = 60;
const RECORDS_MAX = 6;
const KEPT_MS = 1_000;
const DEAD_KEPT_MS = 3_000;
const KEYS = ['k', 'l', 'm'].map(digestOf);

/** A record that the spool must hold. */
interface Held {
  readonly record: NewRecord;
  readonly acceptedAtMs: number;
  state: RecordState;
  notes: unknown[];
  endedAtMs?: number;
  outcome?: unknown;
}

interface Model {
  /** In the order of acceptance. */
  held: Held[];
  nowMs: number;
  lastAcceptedAtMs: number;
  readonly newestOfKey: Map<string, { readonly id: string; readonly acceptedAtMs: number }>;
}

interface Real {
  readonly dir: string;
  spool: Spool;
  readonly clock: { nowMs: number };
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      await compare(model, real);
    },
    toString: () => name,
  };
}

async function open(real: Real): Promise<void> {
  const options = {
    recordsMax: RECORDS_MAX,
    keptMs: KEPT_MS,
    deadKeptMs: DEAD_KEPT_MS,
    clock: () => real.clock.nowMs,
  };
  real.spool = await Spool.open(optionsFor(real.dir, options));
}

function accept(key: string | undefined): Command {
  return command(`accept(${key})`, async (model, { spool }) => {
    const record = newRecord(randomUUID(), key === undefined ? {} : { key });
    const accepted = spool.accept(record);
    // A time is used once, even if the record is refused.
    const acceptedAtMs = Math.max(model.nowMs, model.lastAcceptedAtMs + 1);
    model.lastAcceptedAtMs = acceptedAtMs;
    if (model.held.filter(({ state }) => state !== 'delivered').length >= RECORDS_MAX) {
      await expect(accepted).rejects.toMatchObject({ code: 'spool_full' });
      return;
    }
    await accepted;
    if (key !== undefined && acceptedAtMs >= (model.newestOfKey.get(key)?.acceptedAtMs ?? 0)) {
      model.newestOfKey.set(key, { id: record.id, acceptedAtMs });
    }
    model.held.push({ record, acceptedAtMs, state: 'pending', notes: [] });
  });
}

/** A command on the record number `pick` of all records, in any state. Without records, the command does nothing. */
function ofRecord(
  name: string,
  run: (held: Held, model: Model, spool: Spool) => Promise<void>,
): (pick: number) => Command {
  return (pick) =>
    command(`${name}(${pick})`, async (model, { spool }) => {
      const held = model.held[pick % model.held.length];
      if (held !== undefined) await run(held, model, spool);
    });
}

const note = ofRecord('note', async (held, model, spool) => {
  const done = spool.note(held.record.id, { at: model.nowMs });
  if (held.state !== 'pending') return await expect(done).rejects.toThrow(TypeError);
  await done;
  held.notes.push({ at: model.nowMs });
});

const deliver = ofRecord('deliver', async (held, model, spool) => {
  const done = spool.deliver(held.record.id, { run: model.nowMs });
  if (held.state === 'dead') return await expect(done).rejects.toThrow(TypeError);
  await done;
  if (held.state === 'delivered') return;
  Object.assign(held, { state: 'delivered', endedAtMs: model.nowMs, outcome: { run: model.nowMs } });
});

const bury = ofRecord('bury', async (held, model, spool) => {
  const done = spool.bury(held.record.id, { reason: model.nowMs });
  if (held.state === 'delivered') return await expect(done).rejects.toThrow(TypeError);
  await done;
  if (held.state === 'dead') return;
  Object.assign(held, { state: 'dead', endedAtMs: model.nowMs, outcome: { reason: model.nowMs } });
});

const revive = ofRecord('revive', async (held, _model, spool) => {
  expect(await spool.revive(held.record.id)).toBe(held.state === 'dead');
  if (held.state !== 'dead') return;
  held.state = 'pending';
  delete held.endedAtMs;
  delete held.outcome;
});

const reopen = () =>
  command('reopen', async (model, real) => {
    await real.spool.close();
    await open(real);
    // The spool reads the times of the records that are kept whole, and of no others.
    const whole = model.held.filter(({ state }) => state !== 'delivered');
    model.lastAcceptedAtMs = Math.max(0, ...whole.map(({ acceptedAtMs }) => acceptedAtMs));
  });

const clear = (afterMs: number) =>
  command(`clear(${afterMs})`, async (model, { spool, clock }) => {
    clock.nowMs += afterMs;
    model.nowMs += afterMs;
    await spool.clearKept();
    const keptMs = { delivered: KEPT_MS, dead: DEAD_KEPT_MS, pending: Number.POSITIVE_INFINITY };
    model.held = model.held.filter(({ state, endedAtMs = 0 }) => model.nowMs - endedAtMs < keptMs[state]);
  });

async function compare(model: Model, { spool, dir }: Real): Promise<void> {
  const inState = (state: RecordState) => model.held.filter((held) => held.state === state);
  const idsOf = (helds: readonly Held[]) => helds.map(({ record }) => record.id);
  expect(await spool.pending()).toEqual(idsOf(inState('pending')));
  expect((await spool.list('dead', 100)).map(({ id }) => id)).toEqual(idsOf(inState('dead')));
  const delivered = (await spool.list('delivered', 100)).map(({ id }) => id);
  expect(delivered.sort()).toEqual(idsOf(inState('delivered')).sort());
  for (const { record, state, notes, acceptedAtMs, endedAtMs, outcome } of model.held) {
    expect(await spool.find(record.id)).toEqual({
      id: record.id,
      state,
      acceptedAtMs,
      document: record.document,
      ...(endedAtMs !== undefined && { endedAtMs, outcome }),
    });
    const loaded = await spool.load(record.id);
    expect(loaded?.notes).toEqual(notes);
    expect(loaded?.files).toEqual(state === 'delivered' ? [] : record.files);
  }
  for (const key of KEYS) {
    const found = await spool.findByKey(key);
    const ids = idsOf(model.held.filter(({ record }) => record.key === key));
    const newest = model.newestOfKey.get(key)?.id;
    // Once the newest record of a key is forgotten, the key may belong to an older record or to no record.
    if (newest !== undefined && ids.includes(newest)) expect(found?.id).toBe(newest);
    else expect([undefined, ...ids]).toContain(found?.id);
  }
  expect(fileCounts(dir)).toMatchObject({
    incoming: 0,
    pending: inState('pending').length,
    dead: inState('dead').length,
  });
  expect(spool.stats()).toMatchObject({
    pending: inState('pending').length,
    dead: inState('dead').length,
    bytes: bytesIn(dir, 'pending') + bytesIn(dir, 'dead'),
  });
}

it('agrees with a model of a spool, for any operations in any order, across any number of restarts', async () => {
  const pick = fc.nat({ max: 1_000 });
  const commands = fc.commands(
    [
      fc.option(fc.constantFrom(...KEYS), { nil: undefined }).map(accept),
      pick.map(note),
      pick.map(deliver),
      pick.map(bury),
      pick.map(revive),
      fc.constant(reopen()),
      fc.constantFrom(1, 500, 1_000, 3_000).map(clear),
    ],
    { maxCommands: COMMANDS_MAX, size: 'max' },
  );
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const dir = mkdtempSync(join(FAST_DISK, 'trainpost spool '));
      const nowMs = 1_700_000_000_000;
      const real = { dir, clock: { nowMs } } as Real;
      await open(real);
      try {
        const model: Model = { held: [], nowMs, lastAcceptedAtMs: 0, newestOfKey: new Map() };
        await fc.asyncModelRun(() => ({ model, real }), all);
      } finally {
        await real.spool.close();
        rmSync(dir, { recursive: true });
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
