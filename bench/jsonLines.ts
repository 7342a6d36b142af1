import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** A process that answers each line of JSON on its stdin with a line on its stdout. `do` names the command. */
export class JsonLines {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // `ask` reports a dead process by its missing answer.
    this.#child.stdin!.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Sends a command, and waits for its answer. Send only one command at a time. */
  async ask<Answer>(command: string, details: object = {}): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify({ do: command, ...details })}\n`);
    const { value, done } = await this.#answers.next();
    if (done) {
      if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
      const how = this.#child.exitCode ?? this.#child.signalCode;
      throw new Error(`${this.#child.spawnargs.join(' ')} ended (${how}) at ${command}`);
    }
    return JSON.parse(value) as Answer;
  }

  /** Ends the process by closing its input. Resolves when the process has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await gone;
  }
}
