import type { Engine, Source } from '../../src/engine/engine.ts';
import { runCsv } from '../../src/engine/local/fit/run.ts';
import type { Watch } from '../../src/engine/watch.ts';
import type { DryRun } from '../../src/values/dryRun.ts';
import type { Plan } from '../../src/values/plan.ts';
import type { Result } from '../../src/values/result.ts';

const ROWS = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 11},${(i * i) % 3 === 0 ? 'yes' : 'no'}`);
const CSV = Buffer.from(`a,b,t\n${ROWS.join('\n')}\n`);

/** An engine that computes on the event loop, always on the same small table, and notes what it is asked. */
export class FakeEngine implements Engine {
  readonly calls: string[] = [];
  /** Thrown by `check`, and by `run` and `inspect`. */
  refuseWith: Error | undefined;
  failWith: Error | undefined;

  check(_plan: Plan): void {
    this.calls.push('check');
    if (this.refuseWith !== undefined) throw this.refuseWith;
  }

  receive(): Source['intake'] {
    return { write: async () => undefined, end: () => undefined, release: async () => undefined };
  }

  async run(_source: Source, plan: Plan, _watch: Watch): Promise<Result> {
    this.calls.push('run');
    if (this.failWith !== undefined) throw this.failWith;
    return await runCsv(CSV, plan);
  }

  async inspect(): Promise<DryRun> {
    this.calls.push('inspect');
    if (this.failWith !== undefined) throw this.failWith;
    return { rows: 40, digest: 'd', columns: [], warnings: [], timingMs: { parse: 1, profile: 1 } };
  }

  async evaluate(): Promise<never> {
    this.calls.push('evaluate');
    throw this.failWith ?? new Error('not faked');
  }

  predict(): never {
    throw new Error('not faked');
  }
}
