import { describe, expect, it } from 'vitest';
import { DataError, UnavailableError } from '../../src/errors.ts';
import { UnderWay } from '../../src/training/underWay.ts';

/** Work that ends when a test says so. */
function work() {
  let end = () => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { promise, end };
}

describe('work under way', () => {
  it('is awaited, including work that begins meanwhile', async () => {
    const underWay = new UnderWay();
    const [first, second] = [work(), work()];
    const begun = underWay.track(first.promise).then(() => underWay.track(second.promise));
    let isSettled = false;
    const settled = underWay.settled(60_000).then(() => {
      isSettled = true;
    });
    first.end();
    await first.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    second.end();
    await Promise.all([begun, settled]);
  });

  it('is awaited for the given time only', async () => {
    const underWay = new UnderWay();
    const never = work();
    const tracked = underWay.track(never.promise);
    await underWay.settled(1);
    never.end();
    await tracked;
  });

  it('may fail', async () => {
    const underWay = new UnderWay();
    const failed = underWay.track(Promise.reject(new Error('no')));
    await underWay.settled(60_000);
    await expect(failed).rejects.toThrow('no');
  });

  it('is nothing at first', () => new UnderWay().settled(60_000));

  it('fails with shutting_down if it was stopped and had no other fault', async () => {
    const underWay = new UnderWay();
    const fails = (error: Error) => underWay.computed(Promise.reject(error));
    await expect(fails(new Error('terminated'))).rejects.toThrow('terminated');
    underWay.giveUp();
    await expect(fails(new Error('terminated'))).rejects.toThrow(UnavailableError);
    await expect(fails(new DataError('one_class', 'One class.'))).rejects.toThrow('One class.');
    await expect(underWay.computed(Promise.resolve(1))).resolves.toBe(1);
  });
});
