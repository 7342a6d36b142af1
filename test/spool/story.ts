import { expect } from 'vitest';
import type { NewRecord, RecordState } from '../../src/spool/record.ts';
import type { Spool } from '../../src/spool/spool.ts';
import { digestOf, newRecord } from './support.ts';

const KEY = digestOf('key of a');
/** Fixed, for a child process tells the same story. */
const RECORDS = {
  a: newRecord('a', { id: '00000000-0000-4000-8000-00000000000a', key: KEY }),
  b: newRecord('b', { id: '00000000-0000-4000-8000-00000000000b' }),
  c: newRecord('c', { id: '00000000-0000-4000-8000-00000000000c' }),
};
type Name = keyof typeof RECORDS;

interface Step {
  readonly name: Name;
  readonly does: 'accept' | 'note' | 'deliver' | 'bury' | 'revive';
}

/** Every change of state that there is. */
export const STORY: readonly Step[] = [
  { name: 'a', does: 'accept' },
  { name: 'a', does: 'note' },
  { name: 'b', does: 'accept' },
  { name: 'a', does: 'note' },
  { name: 'b', does: 'bury' },
  { name: 'a', does: 'deliver' },
  { name: 'b', does: 'revive' },
  { name: 'b', does: 'note' },
  { name: 'c', does: 'accept' },
  { name: 'c', does: 'note' },
  { name: 'c', does: 'bury' },
  { name: 'b', does: 'deliver' },
];

/** What became of a step: of one that was only begun, and of one that was refused, anything may have remained. */
export type Result = 'done' | 'nothing to do' | 'refused' | 'begun';
export type Results = Result[];

/** Plays the story to its end, whatever fails, and tells of each step as it begins and as it ends. */
export async function play(spool: Spool, tell: (step: number, result: Result) => void): Promise<void> {
  for (const [index, step] of STORY.entries()) {
    tell(index, 'begun');
    let result: Result;
    try {
      result = (await take(spool, step, index)) === false ? 'nothing to do' : 'done';
    } catch {
      result = 'refused';
    }
    tell(index, result);
  }
}

async function take(spool: Spool, { name, does }: Step, index: number): Promise<unknown> {
  const record = RECORDS[name];
  switch (does) {
    case 'accept':
      return await spool.accept(record);
    case 'note':
      return await spool.note(record.id, { step: index });
    case 'revive':
      return await spool.revive(record.id);
    default:
      return await spool[does](record.id, { step: index });
  }
}

/**
 * Checks that a spool holds what the results promise: each record that was accepted once, whole, in the state and with
 * the notes that were acknowledged.
 *
 * @param isClean whether a record that was refused has to be gone: so it is, unless a kill or a dead disk kept the
 * spool from clearing up.
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
