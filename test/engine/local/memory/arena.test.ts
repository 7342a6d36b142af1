import { describe, expect, it, vi } from 'vitest';
import { type Arena, ArenaShelf } from '../../../../src/engine/local/memory/arena.ts';
import { BusyError, DataError } from '../../../../src/errors.ts';
import { MemoryBudget, PAGE_BYTES } from '../../../../src/kernels/memoryBudget.ts';
import { pagesOf } from '../../../../src/kernels/module.ts';

/** Makes an arena grow as a thread does, which counts the pages itself. */
function grow({ memory }: Arena, pages: number, budget: MemoryBudget): void {
  budget.take(pages, pagesOf(memory));
  memory.grow(pages);
}

const budgetOf = (pages: number) => MemoryBudget.of(pages * PAGE_BYTES);
const promised = (budget: MemoryBudget) => budget.promisedBytes / PAGE_BYTES;

describe('ArenaShelf', () => {
  it('counts all arenas in use, new or used again, and no kept arenas', () => {
    const budget = budgetOf(100);
    const shelf = new ArenaShelf({ budget });
    const [one, other] = [shelf.take(), shelf.take()];
    grow(one, 20, budget);
    grow(other, 30, budget);
    expect(promised(budget)).toBe(52);
    shelf.giveBack(one);
    expect(promised(budget)).toBe(31);
    expect(shelf.take()).toBe(one);
    expect(promised(budget)).toBe(52);
    shelf.giveBack(one);
    shelf.drop(other);
    expect(promised(budget)).toBe(0);
    expect(shelf.keptPages).toBe(21);
  });

  it('has no arena if the budget has no pages left', () => {
    const budget = budgetOf(2);
    const shelf = new ArenaShelf({ budget });
    const held = [shelf.take(), shelf.take()];
    expect(() => shelf.take()).toThrow(BusyError);
    expect(shelf.inUse).toBe(2);
    shelf.giveBack(held[0]!);
    expect(shelf.take()).toBe(held[0]);
    expect(() => new ArenaShelf({ budget: budgetOf(0) }).take()).toThrow(DataError);
  });

  it('drops a kept arena that does not fit into the budget, and makes a new one', () => {
    const budget = budgetOf(100);
    const shelf = new ArenaShelf({ budget });
    const large = shelf.take();
    grow(large, 60, budget);
    shelf.giveBack(large);
    budget.take(50, 0);
    const small = shelf.take();
    expect(small).not.toBe(large);
    expect(promised(budget)).toBe(51);
    expect(shelf.keptPages).toBe(0);
  });

  it('keeps the largest arenas that fit, and reports when it pays to collect the others', () => {
    const budget = budgetOf(10_000);
    const collect = vi.fn();
    const shelf = new ArenaShelf({ budget, keptPagesMax: 1_501, collect });
    const arenas = [500, 1_000, 499, 998].map((pages) => {
      const arena = shelf.take();
      grow(arena, pages, budget);
      return arena;
    });
    const [middle, largest, small, large] = arenas as [Arena, Arena, Arena, Arena];
    shelf.giveBack(middle);
    shelf.giveBack(largest);
    // Each arena begins with one page: 501 and 1,001 pages are one page too many to keep both.
    expect(shelf.keptPages).toBe(1_001);
    expect(collect).not.toHaveBeenCalled();
    shelf.giveBack(small);
    expect(shelf.keptPages).toBe(500 + 1_001);
    shelf.giveBack(large);
    expect(shelf.keptPages).toBe(1_501);
    expect(collect).toHaveBeenCalledTimes(1);
    expect([shelf.take(), shelf.take()]).toEqual([small, largest]);
  });

  it('forgets the pages that an ended thread still counted, once no arena is in use', () => {
    const budget = budgetOf(100);
    const shelf = new ArenaShelf({ budget });
    const arena = shelf.take();
    budget.take(7, 1);
    shelf.drop(arena);
    expect(promised(budget)).toBe(0);
  });
});
