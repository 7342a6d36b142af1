import { expect, it } from 'vitest';
import {
  identityOf,
  isPidInUse,
  isRunning,
  ownIdentity,
  pidSpace,
} from '../../src/system/processIdentity.mjs';
import { endedProcess } from './support.ts';

it('finds this process again', () => {
  expect(ownIdentity()).toEqual(identityOf(process.pid));
  expect(ownIdentity().started).not.toBe('');
  expect(isRunning(ownIdentity())).toBe(true);
  expect(isPidInUse(process.pid)).toBe(true);
});

it('does not take another process with the same pid for this one', () => {
  expect(isRunning({ ...ownIdentity(), started: '1' })).toBe(false);
});

it('knows that a process has ended', async () => {
  const identity = await endedProcess();
  expect(isRunning(identity)).toBe(false);
  expect(identityOf(identity.pid)).toBeUndefined();
  expect(isPidInUse(identity.pid)).toBe(false);
});

it('sees a process of another user', () => {
  expect(isPidInUse(1)).toBe(true);
});

it('names one pid space for all calls', () => {
  expect(pidSpace()).toBe(pidSpace());
});
