import type { Readable, Writable } from 'node:stream';

/** An output of the program. A terminal shows a progress bar; a pipe gets lines. */
export type Output = Writable & { readonly isTTY?: boolean };

/** What the program has of its process, so that tests can hand in their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  /** Gets results and nothing else. */
  readonly stdout: Output;
  /** Gets progress and errors. */
  readonly stderr: Output;
  /** Aborts when somebody presses Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** The options that every command with a service has. */
export interface ServiceOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: true;
}

/** What the program ends with. */
export const EXIT = { done: 0, gateFailed: 1, error: 2, interrupted: 130 } as const;

/** A fault that the program reports with one line. */
export class CliError extends Error {}

/** Somebody pressed Ctrl-C, and what was under way is cancelled. */
export class Interrupted extends Error {}
