import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ProblemError } from '../client.ts';
import { TrainpostError } from '../errors.ts';
import { EVALUATE_FORM } from '../training/fields/evaluateTable.ts';
import { type FormTable, TRAIN_FORM } from '../training/fields/table.ts';
import { CliError, EXIT, Interrupted, type Io } from './io.ts';
import { type JobsOptions, jobs } from './jobs.ts';
import { addFields, flagOf } from './options.ts';
import { type PredictCommandOptions, predict } from './predict.ts';
import { type ServeOptions, serve } from './serve.ts';
import { writeLines } from './text.ts';
import { json, type WorkOptions, work } from './train.ts';

const WAIT_S = 300;
const EXIT_CODES = `
Exit codes: 0 done, 1 a gate failed, 2 an error, 130 Ctrl-C.
Without --url and TRAINPOST_URL, a service is started for the call.`;

/**
 * Runs a command line.
 * @param argv the words after the name of the program
 * @returns the exit code
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const ends = (one: number) => {
    code = one;
  };
  try {
    await createProgram(io, ends).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, argv, io);
  }
}

/** Makes the commands. @param ends gets the exit code of the command that ran */
function createProgram(io: Io, ends: (code: number) => void): Command {
  const program = new Command('trainpost')
    .description('Trains logistic regressions, and logs them to MLflow.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  program
    .command('serve')
    .description('Starts the service. docs/settings.md has the variables that it reads.')
    .option('--host <address>', 'the address to listen on (HOST)')
    .option('--port <number>', 'the port to listen on (PORT)')
    .action((options: ServeOptions) => serve(options));
  addWork(program.command('train'), TRAIN_FORM, 'Trains on a CSV file.')
    .option('--test-file <file>', 'a second file, whose rows are the test rows')
    .action(async (file: string, options: WorkOptions) =>
      ends(await work('train', TRAIN_FORM, file, options, io)),
    );
  addWork(
    program.command('evaluate'),
    EVALUATE_FORM,
    'Measures a logged model on a CSV file with labels.',
  ).action(async (file: string, options: WorkOptions) =>
    ends(await work('evaluate', EVALUATE_FORM, file, options, io)),
  );
  addPredict(program.command('predict')).action(async (file: string, options: PredictCommandOptions) =>
    ends(await predict(file, options, io)),
  );
  addService(program.command('jobs'))
    .description('Lists jobs, or shows one job.')
    .argument('[id]', 'the id of a job')
    .option('--cancel', 'cancels the job')
    .option('--follow', 'shows the progress of the job, and then its answer')
    .action(async (id: string | undefined, options: JobsOptions) => ends(await jobs(id, options, io)));
  return program;
}

function addWork(command: Command, form: FormTable, says: string): Command {
  addService(command)
    .description(says)
    .argument('<file>', 'the CSV file, or - for the standard input')
    .addOption(
      new Option('--markdown', 'prints the answer as Markdown, for a pull request').conflicts('json'),
    )
    .option('--wait <seconds>', 'how long to wait for MLflow once the job is accepted', seconds, WAIT_S)
    .addHelpText('after', EXIT_CODES);
  addFields(command, form);
  return command;
}

function addPredict(command: Command): Command {
  return addService(command)
    .description('Adds the predictions of a logged model to a CSV file.')
    .argument('<file>', 'the CSV file, or - for the standard input')
    .option('--model <uri>', 'the model, such as models:/NAME@ALIAS (default: MODEL_URI of the service)')
    .option('-o, --output <file>', 'the file to write (default: the standard output)')
    .option('--explain', 'adds the contribution of each feature')
    .addOption(
      new Option(
        '--on-error <what>',
        'ends at a row that cannot be predicted, or leaves its cells empty',
      ).choices(['fail', 'null']),
    )
    .addHelpText('after', EXIT_CODES);
}

function addService(command: Command): Command {
  return command
    .option('--url <address>', 'the address of the service (TRAINPOST_URL)')
    .option(
      '--token <token>',
      'the token of the service; TRAINPOST_TOKEN keeps it out of the list of processes',
    )
    .option('--json', 'prints the answer as JSON');
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 86_400) return value;
  throw new InvalidArgumentError('Use a number of seconds from 0 to 86400.');
}

/** Reports an error, and says which exit code stands for it. */
function report(error: unknown, argv: readonly string[], { stdout, stderr, interrupted }: Io): number {
  // Commander has written its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.error;
  if (error instanceof Interrupted || interrupted.aborted) return EXIT.interrupted;
  if (error instanceof ProblemError) {
    if (argv.includes('--json')) writeLines(stdout, json(error.problem));
    if (argv.includes('--markdown')) writeLines(stdout, markdownOf(error));
    writeLines(stderr, problemLine(error));
    return error.problem.code === 'gate_failed' ? EXIT.gateFailed : EXIT.error;
  }
  writeLines(stderr, `trainpost: ${messageOf(error)}`);
  return EXIT.error;
}

/** The message of a problem, its code, and the option at fault. */
function problemLine({ problem: { field, code, detail } }: ProblemError): string {
  const names = [...TRAIN_FORM.names, ...EVALUATE_FORM.names];
  const option = field === undefined ? '' : `, ${names.includes(field) ? flagOf(field) : field}`;
  return `trainpost: ${detail} (${code}${option})`;
}

/** Names of the file stand in the code block, where they format nothing and notify nobody. */
function markdownOf(error: ProblemError): string {
  return ['### trainpost: error', '', '```text', problemLine(error).replaceAll('`', "'"), '```'].join('\n');
}

function messageOf(error: unknown): string {
  if (error instanceof CliError || error instanceof TrainpostError) return error.message;
  if (!(error instanceof Error)) return String(error);
  // fetch says only that it failed; its cause says why.
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const why = cause.message || (cause as NodeJS.ErrnoException).code;
  return error instanceof TypeError
    ? `The service cannot be reached (${why}): check the address, and whether trainpost runs there.`
    : `${error.message}: ${why}`;
}
