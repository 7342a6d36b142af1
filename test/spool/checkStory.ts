import { expect } from 'vitest';
import type { Spool } from '../../src/spool/spool.ts';
import type { NewRecord, RecordState } from '../../src/tracking/delivery/recordStore.ts';
import { KEY, type Name, RECORDS, type Results, STORY, type Step } from './story.ts';

/**
 * Checks that a spool holds what the results promise. Each accepted record must be there once and whole, in the
 * acknowledged state, with the acknowledged notes.
 *
 * @param isClean Whether a refused record must be gone. It may remain if a kill or a dead disk kept the spool from
 * clearing up.
 */
export async function check(spool: Spool, results: Results, isClean: boolean): Promise<void> {
  const listed = [
    ...(await spool.list('pending', 10)),
    ...(await spool.list('dead', 10)),
    ...(await spool.list('delivered', 10)),
  ];
  const ids = listed.map(({ id }) => id);
  expect(ids.length).toBe(new Set(ids).size);
  for (const name of Object.keys(RECORDS) as Name[]) {
    const { states, sure, maybe } = expectedOf(name, results, isClean);
    const { id } = RECORDS[name];
    const found = listed.find((summary) => summary.id === id);
    expect(states).toContain(found?.state);
    expect(await spool.find(id)).toEqual(found);
    if (name === 'a') expect(await spool.findByKey(KEY)).toEqual(found);
    if (found === undefined) continue;
    await checkWhole(spool, RECORDS[name], found.state);
    const notes = (await spool.load(id))?.notes as { step: number }[];
    const steps = notes.map(({ step }) => step);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining(sure));
    expect([...sure, ...maybe]).toEqual(expect.arrayContaining(steps));
  }
}

async function checkWhole(spool: Spool, record: NewRecord, state: RecordState): Promise<void> {
  const loaded = await spool.load(record.id);
  expect(loaded?.document).toEqual(record.document);
  expect(loaded?.files).toEqual(state === 'delivered' ? [] : record.files);
}

type State = RecordState | undefined;

function expectedOf(name: Name, results: Results, isClean: boolean) {
  let states: State[] = [undefined];
  const sure: number[] = [];
  const maybe: number[] = [];
  for (const [index, result] of results.entries()) {
    const step = STORY[index] as Step;
    if (step.name !== name || result === 'nothing to do') continue;
    if (step.does === 'note') {
      (result === 'done' ? sure : maybe).push(index);
      continue;
    }
    const to = STATE_AFTER[step.does];
    if (result === 'done') states = [to];
    else if (step.does !== 'accept' || result === 'begun' || !isClean) states = [...states, to];
  }
  return { states, sure, maybe };
}

const STATE_AFTER = { accept: 'pending', deliver: 'delivered', bury: 'dead', revive: 'pending' } as const;
