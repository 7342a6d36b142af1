import { gunzip, isGzip } from './gunzip.ts';

/** Takes a file as it comes, gzip or not, and hands on what it holds. */
export class Unfolding {
  readonly #bytesMax: number;
  /** What has come while it is not known yet how the file is folded, or all of a gzip file. */
  #held: Uint8Array[] = [];
  #isGzip: boolean | undefined;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#isGzip === false) return chunk;
    this.#held.push(Uint8Array.from(chunk));
    if (this.#isGzip === undefined) {
      const start = Buffer.concat(this.#held);
      if (start.length < 2) return new Uint8Array(0);
      this.#isGzip = isGzip(start);
      if (!this.#isGzip) return start;
    }
    return new Uint8Array(0);
  }

  end(): Uint8Array {
    if (this.#isGzip === false) return new Uint8Array(0);
    return gunzip(Buffer.concat(this.#held), this.#bytesMax);
  }
}
