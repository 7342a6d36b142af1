import type { StageTime } from '../../../values/result.ts';

/** Measures stages of work that follow each other. */
export class StageClock {
  readonly #stages: StageTime[] = [];
  #startedAt = performance.now();

  /** Begins the next stage now; the time since the last stage belongs to no stage. */
  restart(): void {
    this.#startedAt = performance.now();
  }

  /** Ends a stage and begins the next one. */
  end(name: string): void {
    const now = performance.now();
    this.#stages.push({ name, ms: now - this.#startedAt });
    this.#startedAt = now;
  }

  /** Adds a stage that was measured elsewhere, and begins the next one. */
  add(name: string, ms: number): void {
    this.#stages.push({ name, ms });
    this.restart();
  }

  /** In the order of the work. */
  get stages(): readonly StageTime[] {
    return this.#stages;
  }
}
