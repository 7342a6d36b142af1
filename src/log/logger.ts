import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { printable, printableInside } from './printable.ts';

/** The outputs of the service: the log, and sentences for people. */
export interface ServiceLog {
  readonly logger: Logger;
  /** Shows one sentence to the person who started the service. */
  readonly say: (line: string) => void;
}

/** The part of `process.stdout` that a log needs. */
export interface LogOutput {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/**
 * Makes the log: JSON lines for collectors, or readable lines if the output is a terminal. A terminal also shows
 * sentences as they are. Neither output lets a control character through.
 */
export function createLogger(level: string, output: LogOutput = process.stdout): ServiceLog {
  if (!output.isTTY) {
    const lines = output === process.stdout ? pino.destination({ dest: 1, sync: true }) : output;
    const logger = pino({ level, base: null }, { write: (line) => void lines.write(printable(line)) });
    return { logger, say: (line) => logger.info(line) };
  }
  const readable = prettyFactory({
    translateTime: 'HH:MM:ss',
    ignore: 'id,method,path,status',
    singleLine: true,
    colorize: output.hasColors?.() ?? false,
  });
  return {
    logger: pino(
      { level, base: null },
      { write: (line) => void output.write(readable(printableInside(line))) },
    ),
    say: (line) => void output.write(`${printable(line)}\n`),
  };
}
