import { randomUUID } from 'node:crypto';
import {
  type EvaluateFields,
  type Fields,
  formOf,
  type JobAnswer,
  ProblemError,
  type Results,
  type TrainOptions,
} from '../client.ts';
import type { FormTable } from '../training/fields/table.ts';
import { type Connection, connect } from './connection.ts';
import { openTable } from './files.ts';
import { follow } from './follow.ts';
import { CliError, EXIT, type Io, type ServiceOptions } from './io.ts';
import { fieldsOf } from './options.ts';
import { type Progress, progressOn } from './progress.ts';
import { dryRunLines, gateFailed, resultLines } from './results.ts';
import { writeLines } from './text.ts';

export interface WorkOptions extends ServiceOptions {
  readonly testFile?: string;
  readonly markdown?: true;
  /** Seconds to wait for MLflow. */
  readonly wait: number;
  readonly dryRun?: true;
}

/** A training or an evaluation that the command line asks for. */
interface Work {
  readonly kind: 'train' | 'evaluate';
  readonly file: File;
  readonly fields: Fields | EvaluateFields;
  readonly send: TrainOptions & { readonly idempotencyKey: string };
  readonly options: WorkOptions;
}

/**
 * Trains, or evaluates a model, and shows what came of it.
 * @returns the exit code
 * @throws ProblemError, CliError, Interrupted
 */
export async function work(
  kind: Work['kind'],
  form: FormTable,
  path: string,
  options: WorkOptions,
  io: Io,
): Promise<number> {
  const file = await openTable(path, io);
  const testFile = options.testFile === undefined ? undefined : await openTable(options.testFile, io);
  const fields = fieldsOf(options as unknown as Record<string, unknown>, form) as Fields | EvaluateFields;
  const progress = progressOn(io.stderr);
  const connection = await connect({ ...options, say: progress.say }, io);
  const send = {
    signal: io.interrupted,
    idempotencyKey: randomUUID(),
    ...(testFile !== undefined && { testFile }),
  };
  const asked: Work = { kind, file, fields, send, options };
  try {
    return options.dryRun ? await dryRun(connection, asked, io) : await run(connection, asked, progress, io);
  } finally {
    progress.end();
    await connection.close();
  }
}

async function run(connection: Connection, asked: Work, progress: Progress, io: Io): Promise<number> {
  try {
    const answer = await answerOf(connection, asked, progress, io);
    return await showAnswer(connection, asked, answer, io);
  } catch (error) {
    // The service has computed everything, and then refused to register the model.
    const isGate = error instanceof ProblemError && error.problem.code === 'gate_failed';
    if (!isGate || error.results === undefined) throw error;
    return await showAnswer(connection, asked, error.results, io);
  }
}

/** Hands in the job and waits for its answer. A service without jobs answers when it has trained. */
async function answerOf(
  { client }: Connection,
  { kind, file, fields, send, options }: Work,
  progress: Progress,
  { interrupted }: Io,
): Promise<Results> {
  const submitted = await client.submit(file, fields, send);
  if (isJob(submitted)) {
    return answerIn(await follow(client, submitted, { progress, interrupted, waitS: options.wait }));
  }
  // The key makes the service answer for the same training again.
  const again = { ...send, waitS: options.wait };
  return kind === 'train'
    ? await client.train(file, fields, again)
    : await client.evaluate(file, fields as EvaluateFields, again);
}

function isJob(answer: Partial<JobAnswer>): boolean {
  return answer.progress !== undefined && answer.state !== undefined;
}

/** @throws ProblemError if the job failed, CliError if somebody cancelled it */
export function answerIn({ id, state, answer, problem, url }: JobAnswer): Results {
  if (problem !== undefined)
    throw new ProblemError(problem, { status: problem.status, headers: new Headers(), url });
  if (answer === undefined) throw new CliError(`The job ${id} is ${state}, and has no answer.`);
  return answer;
}

async function dryRun(
  connection: Connection,
  { kind, file, fields, send, ...asked }: Work,
  io: Io,
): Promise<number> {
  const { client } = connection;
  if (kind === 'evaluate') {
    const measured = await client.measure(file, fields as EvaluateFields, send);
    return await showAnswer(connection, { kind, file, fields, send, ...asked }, measured, io);
  }
  const report = await client.dryRun(file, fields, send);
  if (asked.options.markdown) await showMarkdown(connection, { kind, file, fields, send, ...asked }, io);
  else writeLines(io.stdout, ...(asked.options.json ? [json(report)] : dryRunLines(report)));
  return report.would_train ? EXIT.done : EXIT.error;
}

async function showAnswer(connection: Connection, asked: Work, answer: Results, io: Io): Promise<number> {
  const { json: isJson, markdown } = asked.options;
  if (markdown) await showMarkdown(connection, asked, io);
  else writeLines(io.stdout, ...(isJson ? [json(answer)] : resultLines(answer)));
  return gateFailed(answer) ? EXIT.gateFailed : EXIT.done;
}

/** Asks for the answer once more, as Markdown. The key makes the service answer without another training. */
async function showMarkdown(
  { url, token }: Connection,
  { kind, file, fields, send }: Work,
  io: Io,
): Promise<void> {
  const body = kind === 'train' ? formOf(file, fields, send) : formOf(undefined, fields, { testFile: file });
  const response = await fetch(`${url.replace(/\/*$/, '/')}${kind}`, {
    method: 'POST',
    headers: {
      Accept: 'text/markdown',
      'Idempotency-Key': send.idempotencyKey,
      Prefer: 'wait=1',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body,
    signal: io.interrupted,
  });
  writeLines(io.stdout, (await response.text()).trimEnd());
}

export function json(answer: unknown): string {
  return JSON.stringify(answer, undefined, 2);
}
