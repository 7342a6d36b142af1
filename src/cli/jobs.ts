import { connect } from './connection.ts';
import { follow } from './follow.ts';
import { CliError, EXIT, type Io, type ServiceOptions } from './io.ts';
import { progressOn } from './progress.ts';
import { gateFailed, jobLines, resultLines } from './results.ts';
import { writeLines } from './text.ts';
import { answerIn, json } from './train.ts';

export interface JobsOptions extends ServiceOptions {
  readonly cancel?: true;
  readonly follow?: true;
}

/** Seconds to wait for MLflow when a job is followed. */
const WAIT_S = 300;

/**
 * Lists jobs, or shows, follows or cancels one job.
 * @returns the exit code
 * @throws ProblemError, CliError, Interrupted
 */
export async function jobs(id: string | undefined, options: JobsOptions, io: Io): Promise<number> {
  const progress = progressOn(io.stderr);
  const { client } = await connect({ ...options, needsUrl: true, say: progress.say }, io);
  if (id === undefined) {
    if (options.cancel || options.follow) throw new CliError('No job is named: give the id of the job.');
    const all = await client.jobs();
    writeLines(io.stdout, ...(options.json ? [json(all)] : jobLines(all)));
    return EXIT.done;
  }
  if (options.follow) {
    const ended = await follow(client, await client.job(id), {
      progress,
      interrupted: io.interrupted,
      waitS: WAIT_S,
    });
    const answer = answerIn(ended);
    writeLines(io.stdout, ...(options.json ? [json(answer)] : resultLines(answer)));
    return gateFailed(answer) ? EXIT.gateFailed : EXIT.done;
  }
  const job = options.cancel ? await client.cancel(id) : await client.job(id);
  const { answer, problem } = job;
  const says = [
    ...(answer === undefined ? [] : ['', ...resultLines(answer)]),
    ...(problem === undefined ? [] : ['', `${problem.code}: ${problem.detail}`]),
  ];
  writeLines(io.stdout, ...(options.json ? [json(job)] : [...jobLines([job]), ...says]));
  return EXIT.done;
}
