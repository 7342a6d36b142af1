import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { printable, printableInside } from './printable.ts';

/** Where the service's words go. */
export interface ServiceLog {
  readonly logger: Logger;
  /** One sentence to whoever started the service. */
  readonly say: (line: string) => void;
}

/** What `process.stdout` is to a log. */
export interface LogOutput {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/**
 * JSON lines, as collectors want them; in a terminal the same lines made readable, and sentences as they are. In
 * neither does a control character get through, whoever it came from.
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
