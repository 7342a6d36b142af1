import type { Spool } from '../../src/spool/spool.ts';
import { digestOf, newRecord } from './samples.ts';

export const KEY = digestOf('key of a');
/** The ids are fixed, because a child process plays the same story. */
export const RECORDS = {
  a: newRecord('a', { id: '00000000-0000-4000-8000-00000000000a', key: KEY }),
  b: newRecord('b', { id: '00000000-0000-4000-8000-00000000000b' }),
  c: newRecord('c', { id: '00000000-0000-4000-8000-00000000000c' }),
};
export type Name = keyof typeof RECORDS;

export interface Step {
  readonly name: Name;
  readonly does: 'accept' | 'note' | 'deliver' | 'bury' | 'revive';
}

/** Contains every change of state. */
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

/** The result of a step. A step that was begun or refused may have left anything. */
export type Result = 'done' | 'nothing to do' | 'refused' | 'begun';
export type Results = Result[];

/** Plays the whole story, even if steps fail. Reports each step when it begins and when it ends. */
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
