import type { Job } from './job.ts';

/** Ended jobs that are remembered. Jobs with a run are found by their delivery instead. */
const ENDED_MAX = 1_000;

/** The jobs of this process: those under way, and the last that ended without a run. */
export class Registry {
  readonly #jobs = new Map<string, Job>();

  add(job: Job): void {
    this.#jobs.set(job.id, job);
    const ended = this.all().filter(({ isEnded }) => isEnded);
    for (const { id } of ended.slice(0, -ENDED_MAX)) this.#jobs.delete(id);
  }

  /** Forgets a job, once its delivery or its file on disk says all about it. */
  remove(id: string): void {
    this.#jobs.delete(id);
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** The job that has a key and is under way. */
  byKey(digest: string): Job | undefined {
    return this.all().find(({ key, isEnded }) => key?.digest === digest && !isEnded);
  }

  all(): readonly Job[] {
    return [...this.#jobs.values()];
  }
}
