import { readConfig } from './config/index.ts';
import { ConfigError } from './errors.ts';
import { createLogger } from './log/logger.ts';
import { startService } from './service.ts';
import { growHeaps } from './system/heap.ts';

/** npm passes on a signal that the terminal has sent to its child as well: within this time two are one. */
const SAME_SIGNAL_MS = 500;

/** What `npm start` runs: reads the environment, starts the service, says where it is, and stops it on a signal. */
async function main(): Promise<void> {
  growHeaps();
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  const service = await startService(config, log);
  log.say(`trainpost listens at ${service.url}`);
  let stoppingSince: number | undefined;
  // SIGHUP is what a terminal sends when it is closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        // Nothing is lost: what was accepted is in the spool, and delivered after the next start.
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
        return;
      }
      stoppingSince = performance.now();
      log.say(`${signal}: what is under way is ended first; a second one ends it at once`);
      service.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.logger.error({ err: error }, 'not everything could be ended');
          process.exit(1);
        },
      );
    });
  }
  log.say(await service.mlflow.found);
  log.say('To train on the example data:');
  // Of the token no more than its name, which a shell makes the token of.
  const header = config.access.token === undefined ? '' : '-H "Authorization: Bearer $TRAINPOST_TOKEN" ';
  log.say(
    `  curl ${header}-F train_file=@data/diabetes.csv -F tol=1.0 -F iterations=100 -F exp_name=Diabetes ${service.url}/train`,
  );
}

main().catch((error: unknown) => {
  const says = error instanceof ConfigError ? error.message : String((error as Error).stack ?? error);
  process.stderr.write(`${says}\n`);
  process.exit(1);
});
