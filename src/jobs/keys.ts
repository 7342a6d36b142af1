/** The idempotency keys of requests under way: from a request's headers on, until it is answered or has failed. */
export class KeysUnderWay {
  readonly #digests = new Set<string>();

  /**
   * Reserves a key.
   * @returns lets the key go, and can be called twice; undefined if another request has it
   */
  reserve(digest: string): (() => void) | undefined {
    if (this.#digests.has(digest)) return undefined;
    this.#digests.add(digest);
    let isHeld = true;
    return () => {
      if (isHeld) this.#digests.delete(digest);
      isHeld = false;
    };
  }
}
