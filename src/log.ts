import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Where the service's words go. */
export interface ServiceLog {
  readonly logger: Logger;
  /** One sentence to whoever started the service. */
  readonly say: (line: string) => void;
}

/** JSON lines, as collectors want them; in a terminal the same lines made readable, and sentences as they are. */
export function createLogger(level: string): ServiceLog {
  if (!process.stdout.isTTY) {
    const logger = pino({ level, base: null });
    return { logger, say: (line) => logger.info(line) };
  }
  const readable = pretty({
    translateTime: 'HH:MM:ss',
    ignore: 'id,method,path,status',
    singleLine: true,
    sync: true,
  });
  return {
    logger: pino({ level, base: null }, readable),
    say: (line) => void process.stdout.write(`${line}\n`),
  };
}
