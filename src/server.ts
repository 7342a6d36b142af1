import { readConfig } from './config/index.ts';
import { ConfigError } from './errors.ts';
import { createLogger } from './log/logger.ts';
import { startService } from './service.ts';
import { growHeaps } from './system/heap.ts';

/** npm passes on a signal that the terminal has already sent to its child: within this time, two signals count as one. */
const SAME_SIGNAL_MS = 500;

/** Runs the program of `npm start`: reads the environment, starts the service, says where it is, stops it on a signal. */
async function main(): Promise<void> {
  growHeaps();
  const config = readConfig(process.env);
  const log = createLogger(config.process.logLevel);
  const service = await startService(config, log);
  log.say(`trainpost listens at ${service.url}`);
  let stoppingSince: number | undefined;
  // A terminal sends SIGHUP when it is closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        // Nothing is lost: accepted trainings are in the spool, and the next start delivers them.
        if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
        return;
      }
      stoppingSince = performance.now();
      log.say(`${signal}: trainpost ends what is under way and then stops; a second signal stops it at once`);
      service.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.logger.error({ err: error }, 'trainpost could not end everything');
          process.exit(1);
        },
      );
    });
  }
  log.say(await service.mlflow.found);
  log.say('To train on the example data:');
  // The name of the token alone: the shell puts the token in its place.
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
