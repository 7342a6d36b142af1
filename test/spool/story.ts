import type { Spool } from '../../src/spool/spool.ts';
import { digestOf, newRecord } from './samples.ts';

export const KEY = digestOf('key of a');
/** Fixed, for a child process tells the same story. */
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
