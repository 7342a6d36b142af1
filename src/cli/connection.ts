import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Trainpost } from '../client.ts';
import { CliError, Interrupted, type Io, type ServiceOptions } from './io.ts';

/** How long a service may take to end after Ctrl-C. */
const STOP_MS = 3_000;

/** A service that a command calls. */
export interface Connection {
  readonly client: Trainpost;
  readonly url: string;
  readonly token: string | undefined;
  /** Ends a service that was started for this call, after it has delivered what it accepted. */
  close(): Promise<void>;
}

interface ConnectOptions extends ServiceOptions {
  /** Whether the command makes no sense with a service of its own. */
  readonly needsUrl?: boolean;
  /** Shows a sentence to the person who waits. */
  readonly say: (line: string) => void;
}

/**
 * Connects to the service of `--url` or TRAINPOST_URL, or starts a service on a free port of this machine.
 * @throws CliError if the command needs a running service and no address is given
 * @throws ConfigError if the environment has a setting that cannot be used
 */
export async function connect(options: ConnectOptions, io: Io): Promise<Connection> {
  const { env } = io;
  const url = options.url ?? env['TRAINPOST_URL'];
  const token = (options.token ?? env['TRAINPOST_TOKEN']) || undefined;
  if (url) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new CliError(`${JSON.stringify(url)} is no address of a service: use http://HOST:PORT.`);
    return { client: clientOf(url, token), url, token, close: () => Promise.resolve() };
  }
  if (options.needsUrl)
    throw new CliError(
      'No service is named: set TRAINPOST_URL, or use --url, such as http://127.0.0.1:5005.',
    );
  return await startOwn(token, options.say, io);
}

/**
 * Starts a service. Its code is loaded now, because a call to a running service does not need it. Its files are in a folder of
 * their own, so that calls at the same time do not meet, and other folders stay as they are.
 */
async function startOwn(
  token: string | undefined,
  say: (line: string) => void,
  { env, interrupted }: Io,
): Promise<Connection> {
  const [{ startService }, { readConfig }, { createLogger }] = await Promise.all([
    import('../service.ts'),
    import('../config/index.ts'),
    import('../log/logger.ts'),
  ]);
  const dir = await mkdtemp(join(tmpdir(), 'trainpost-'));
  const folders = { TEMP_DIR: join(dir, 'temp'), SPOOL_DIR: env['SPOOL_DIR'] || join(dir, 'spool') };
  const start = async () => {
    const config = readConfig({ ...env, ...folders, HOST: '127.0.0.1', PORT: '0', TRAINPOST_TOKEN: token });
    const level = env['LOG_LEVEL'] ? config.process.logLevel : 'silent';
    return await startService(config, { ...createLogger(level, process.stderr), say });
  };
  const service = await start().catch(async (error: unknown) => {
    await rm(dir, { recursive: true });
    throw error;
  });
  const client = clientOf(service.url, token);
  const close = async () => {
    const pending = await client.deliveries('pending').catch(() => []);
    // A call to an MLflow that does not answer would keep the service for half a minute.
    const soon = interrupted.aborted ? [sleep(STOP_MS, undefined, { ref: false })] : [];
    await Promise.race([service.stop(), ...soon]);
    if (pending.length === 0 || env['SPOOL_DIR']) await rm(dir, { recursive: true });
    else
      say(`MLflow does not have the run yet. To deliver it: SPOOL_DIR=${folders.SPOOL_DIR} trainpost serve`);
  };
  // A first training may need MLflow at once, for gates against the champion. Finding MLflow may take a minute.
  const found = await Promise.race([service.mlflow.found, aborted(interrupted)]);
  if (found === undefined) {
    await close();
    throw new Interrupted();
  }
  say(found);
  return { client, url: service.url, token, close };
}

/** Resolves when somebody presses Ctrl-C. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const end = () => resolve(undefined);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function clientOf(url: string, token: string | undefined): Trainpost {
  return new Trainpost(url, token === undefined ? {} : { token });
}
