/**
 * Trainings that have begun and not ended. Their callers may be gone: what was begun is ended all the same, or a run
 * would stay RUNNING.
 */
export class UnderWay {
  readonly #trainings = new Set<Promise<unknown>>();

  track<Result>(training: Promise<Result>): Promise<Result> {
    const ended = training.finally(() => this.#trainings.delete(ended));
    this.#trainings.add(ended);
    return ended;
  }

  get count(): number {
    return this.#trainings.size;
  }

  /** Waits until none is left, at most so long. */
  async settled(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.allSettled(this.#trainings), late]);
    clearTimeout(timer);
  }
}
