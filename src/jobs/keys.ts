/** The idempotency keys of requests under way: from a request's headers until its response or its failure. */
export class KeysUnderWay {
  readonly #digests = new Set<string>();

  /**
   * Reserves a key.
   * @returns a function that releases the key and may be called twice; undefined if another request holds the key
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
